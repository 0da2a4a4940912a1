"""The first shape of the database: every table, and the triggers that keep records as they were written."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

SQLITE = (
    """CREATE TRIGGER event_no_update BEFORE UPDATE ON event BEGIN SELECT RAISE(ABORT, 'event is append-only'); END""",
    """CREATE TRIGGER event_no_delete BEFORE DELETE ON event BEGIN SELECT RAISE(ABORT, 'event is append-only'); END""",
    """CREATE TRIGGER ledger_node_no_update BEFORE UPDATE ON ledger_node BEGIN SELECT RAISE(ABORT, 'ledger_node is append-only'); END""",
    """CREATE TRIGGER ledger_node_no_delete BEFORE DELETE ON ledger_node BEGIN SELECT RAISE(ABORT, 'ledger_node is append-only'); END""",
    """INSERT INTO ledger_head (id, size) VALUES (1, 0)""",
    """CREATE TRIGGER document_no_update BEFORE UPDATE ON document BEGIN SELECT RAISE(ABORT, 'document is append-only'); END""",
    """CREATE TRIGGER document_no_delete BEFORE DELETE ON document BEGIN SELECT RAISE(ABORT, 'document is append-only'); END""",
    """CREATE TRIGGER document_frozen_insert BEFORE INSERT ON document WHEN NEW.subject = 'curriculum_version' AND ((SELECT status FROM curriculum_version WHERE id = NEW.subject_id) <> 'draft') BEGIN SELECT RAISE(ABORT, 'a submitted version is frozen'); END""",
    """CREATE TRIGGER ledger_entry_no_update BEFORE UPDATE ON ledger_entry BEGIN SELECT RAISE(ABORT, 'ledger_entry is append-only'); END""",
    """CREATE TRIGGER ledger_entry_no_delete BEFORE DELETE ON ledger_entry BEGIN SELECT RAISE(ABORT, 'ledger_entry is append-only'); END""",
    """CREATE TRIGGER licence_status_no_update BEFORE UPDATE ON licence_status BEGIN SELECT RAISE(ABORT, 'licence_status is append-only'); END""",
    """CREATE TRIGGER licence_status_no_delete BEFORE DELETE ON licence_status BEGIN SELECT RAISE(ABORT, 'licence_status is append-only'); END""",
    """CREATE TRIGGER accreditation_status_no_update BEFORE UPDATE ON accreditation_status BEGIN SELECT RAISE(ABORT, 'accreditation_status is append-only'); END""",
    """CREATE TRIGGER accreditation_status_no_delete BEFORE DELETE ON accreditation_status BEGIN SELECT RAISE(ABORT, 'accreditation_status is append-only'); END""",
    """CREATE TRIGGER curriculum_version_frozen_update BEFORE UPDATE ON curriculum_version WHEN OLD.status <> 'draft' AND (NEW.status = 'draft' OR NEW.curriculum_id IS NOT OLD.curriculum_id OR NEW.number IS NOT OLD.number OR NEW.edition IS NOT OLD.edition OR NEW.title IS NOT OLD.title OR NEW.summary IS NOT OLD.summary OR NEW.ratio IS NOT OLD.ratio OR NEW.ratio_reason IS NOT OLD.ratio_reason OR NEW.lived_experience IS NOT OLD.lived_experience OR ((OLD.submitted_at IS NOT NULL OR OLD.status <> 'submitted') AND NEW.submitted_at IS NOT OLD.submitted_at) OR ((OLD.content_digest IS NOT NULL OR OLD.status <> 'submitted') AND NEW.content_digest IS NOT OLD.content_digest) OR ((OLD.frozen IS NOT NULL OR OLD.status <> 'submitted') AND NEW.frozen IS NOT OLD.frozen)) BEGIN SELECT RAISE(ABORT, 'a submitted version is frozen'); END""",
    """CREATE TRIGGER curriculum_version_frozen_delete BEFORE DELETE ON curriculum_version WHEN OLD.status <> 'draft' BEGIN SELECT RAISE(ABORT, 'a submitted version is frozen'); END""",
    """CREATE TRIGGER affiliate_approval_no_update BEFORE UPDATE ON affiliate_approval BEGIN SELECT RAISE(ABORT, 'affiliate_approval is append-only'); END""",
    """CREATE TRIGGER affiliate_approval_no_delete BEFORE DELETE ON affiliate_approval BEGIN SELECT RAISE(ABORT, 'affiliate_approval is append-only'); END""",
    """CREATE TRIGGER trainer_approval_no_update BEFORE UPDATE ON trainer_approval BEGIN SELECT RAISE(ABORT, 'trainer_approval is append-only'); END""",
    """CREATE TRIGGER trainer_approval_no_delete BEFORE DELETE ON trainer_approval BEGIN SELECT RAISE(ABORT, 'trainer_approval is append-only'); END""",
    """CREATE TRIGGER application_version_no_update BEFORE UPDATE ON application_version BEGIN SELECT RAISE(ABORT, 'application_version is append-only'); END""",
    """CREATE TRIGGER application_version_no_delete BEFORE DELETE ON application_version BEGIN SELECT RAISE(ABORT, 'application_version is append-only'); END""",
    """CREATE TRIGGER decision_no_update BEFORE UPDATE ON decision BEGIN SELECT RAISE(ABORT, 'decision is append-only'); END""",
    """CREATE TRIGGER decision_no_delete BEFORE DELETE ON decision BEGIN SELECT RAISE(ABORT, 'decision is append-only'); END""",
    """CREATE TRIGGER logo_file_no_update BEFORE UPDATE ON logo_file BEGIN SELECT RAISE(ABORT, 'logo_file is append-only'); END""",
    """CREATE TRIGGER logo_file_no_delete BEFORE DELETE ON logo_file BEGIN SELECT RAISE(ABORT, 'logo_file is append-only'); END""",
    """CREATE TRIGGER curriculum_nation_frozen_insert BEFORE INSERT ON curriculum_nation WHEN ((SELECT status FROM curriculum_version WHERE id = NEW.version_id) <> 'draft') BEGIN SELECT RAISE(ABORT, 'a submitted version is frozen'); END""",
    """CREATE TRIGGER curriculum_nation_frozen_update BEFORE UPDATE ON curriculum_nation WHEN ((SELECT status FROM curriculum_version WHERE id = OLD.version_id) <> 'draft' OR (SELECT status FROM curriculum_version WHERE id = NEW.version_id) <> 'draft') BEGIN SELECT RAISE(ABORT, 'a submitted version is frozen'); END""",
    """CREATE TRIGGER curriculum_nation_frozen_delete BEFORE DELETE ON curriculum_nation WHEN ((SELECT status FROM curriculum_version WHERE id = OLD.version_id) <> 'draft') BEGIN SELECT RAISE(ABORT, 'a submitted version is frozen'); END""",
    """CREATE TRIGGER curriculum_setting_frozen_insert BEFORE INSERT ON curriculum_setting WHEN ((SELECT status FROM curriculum_version WHERE id = NEW.version_id) <> 'draft') BEGIN SELECT RAISE(ABORT, 'a submitted version is frozen'); END""",
    """CREATE TRIGGER curriculum_setting_frozen_update BEFORE UPDATE ON curriculum_setting WHEN ((SELECT status FROM curriculum_version WHERE id = OLD.version_id) <> 'draft' OR (SELECT status FROM curriculum_version WHERE id = NEW.version_id) <> 'draft') BEGIN SELECT RAISE(ABORT, 'a submitted version is frozen'); END""",
    """CREATE TRIGGER curriculum_setting_frozen_delete BEFORE DELETE ON curriculum_setting WHEN ((SELECT status FROM curriculum_version WHERE id = OLD.version_id) <> 'draft') BEGIN SELECT RAISE(ABORT, 'a submitted version is frozen'); END""",
    """CREATE TRIGGER curriculum_population_frozen_insert BEFORE INSERT ON curriculum_population WHEN ((SELECT status FROM curriculum_version WHERE id = NEW.version_id) <> 'draft') BEGIN SELECT RAISE(ABORT, 'a submitted version is frozen'); END""",
    """CREATE TRIGGER curriculum_population_frozen_update BEFORE UPDATE ON curriculum_population WHEN ((SELECT status FROM curriculum_version WHERE id = OLD.version_id) <> 'draft' OR (SELECT status FROM curriculum_version WHERE id = NEW.version_id) <> 'draft') BEGIN SELECT RAISE(ABORT, 'a submitted version is frozen'); END""",
    """CREATE TRIGGER curriculum_population_frozen_delete BEFORE DELETE ON curriculum_population WHEN ((SELECT status FROM curriculum_version WHERE id = OLD.version_id) <> 'draft') BEGIN SELECT RAISE(ABORT, 'a submitted version is frozen'); END""",
    """CREATE TRIGGER curriculum_intervention_frozen_insert BEFORE INSERT ON curriculum_intervention WHEN ((SELECT status FROM curriculum_version WHERE id = NEW.version_id) <> 'draft') BEGIN SELECT RAISE(ABORT, 'a submitted version is frozen'); END""",
    """CREATE TRIGGER curriculum_intervention_frozen_update BEFORE UPDATE ON curriculum_intervention WHEN ((SELECT status FROM curriculum_version WHERE id = OLD.version_id) <> 'draft' OR (SELECT status FROM curriculum_version WHERE id = NEW.version_id) <> 'draft') BEGIN SELECT RAISE(ABORT, 'a submitted version is frozen'); END""",
    """CREATE TRIGGER curriculum_intervention_frozen_delete BEFORE DELETE ON curriculum_intervention WHEN ((SELECT status FROM curriculum_version WHERE id = OLD.version_id) <> 'draft') BEGIN SELECT RAISE(ABORT, 'a submitted version is frozen'); END""",
    """CREATE TRIGGER curriculum_module_frozen_insert BEFORE INSERT ON curriculum_module WHEN ((SELECT status FROM curriculum_version WHERE id = NEW.version_id) <> 'draft') BEGIN SELECT RAISE(ABORT, 'a submitted version is frozen'); END""",
    """CREATE TRIGGER curriculum_module_frozen_update BEFORE UPDATE ON curriculum_module WHEN ((SELECT status FROM curriculum_version WHERE id = OLD.version_id) <> 'draft' OR (SELECT status FROM curriculum_version WHERE id = NEW.version_id) <> 'draft') BEGIN SELECT RAISE(ABORT, 'a submitted version is frozen'); END""",
    """CREATE TRIGGER curriculum_module_frozen_delete BEFORE DELETE ON curriculum_module WHEN ((SELECT status FROM curriculum_version WHERE id = OLD.version_id) <> 'draft') BEGIN SELECT RAISE(ABORT, 'a submitted version is frozen'); END""",
    """CREATE TRIGGER acceptance_no_update BEFORE UPDATE ON acceptance BEGIN SELECT RAISE(ABORT, 'acceptance is append-only'); END""",
    """CREATE TRIGGER acceptance_no_delete BEFORE DELETE ON acceptance BEGIN SELECT RAISE(ABORT, 'acceptance is append-only'); END""",
    """CREATE TRIGGER audit_result_evidence_no_update BEFORE UPDATE ON audit_result_evidence BEGIN SELECT RAISE(ABORT, 'audit_result_evidence is append-only'); END""",
    """CREATE TRIGGER audit_result_evidence_no_delete BEFORE DELETE ON audit_result_evidence BEGIN SELECT RAISE(ABORT, 'audit_result_evidence is append-only'); END""",
    """CREATE TRIGGER finding_version_no_update BEFORE UPDATE ON finding_version BEGIN SELECT RAISE(ABORT, 'finding_version is append-only'); END""",
    """CREATE TRIGGER finding_version_no_delete BEFORE DELETE ON finding_version BEGIN SELECT RAISE(ABORT, 'finding_version is append-only'); END""",
    """CREATE TRIGGER finding_response_no_update BEFORE UPDATE ON finding_response BEGIN SELECT RAISE(ABORT, 'finding_response is append-only'); END""",
    """CREATE TRIGGER finding_response_no_delete BEFORE DELETE ON finding_response BEGIN SELECT RAISE(ABORT, 'finding_response is append-only'); END""",
    """CREATE TRIGGER finding_verdict_no_update BEFORE UPDATE ON finding_verdict BEGIN SELECT RAISE(ABORT, 'finding_verdict is append-only'); END""",
    """CREATE TRIGGER finding_verdict_no_delete BEFORE DELETE ON finding_verdict BEGIN SELECT RAISE(ABORT, 'finding_verdict is append-only'); END""",
    """CREATE TRIGGER technique_frozen_insert BEFORE INSERT ON technique WHEN ((SELECT status FROM curriculum_version WHERE id = NEW.version_id) <> 'draft') BEGIN SELECT RAISE(ABORT, 'a submitted version is frozen'); END""",
    """CREATE TRIGGER technique_frozen_update BEFORE UPDATE ON technique WHEN ((SELECT status FROM curriculum_version WHERE id = OLD.version_id) <> 'draft' OR (SELECT status FROM curriculum_version WHERE id = NEW.version_id) <> 'draft') BEGIN SELECT RAISE(ABORT, 'a submitted version is frozen'); END""",
    """CREATE TRIGGER technique_frozen_delete BEFORE DELETE ON technique WHEN ((SELECT status FROM curriculum_version WHERE id = OLD.version_id) <> 'draft') BEGIN SELECT RAISE(ABORT, 'a submitted version is frozen'); END""",
    """CREATE TRIGGER coverage_frozen_insert BEFORE INSERT ON coverage WHEN ((SELECT status FROM curriculum_version WHERE id = NEW.version_id) <> 'draft') BEGIN SELECT RAISE(ABORT, 'a submitted version is frozen'); END""",
    """CREATE TRIGGER coverage_frozen_update BEFORE UPDATE ON coverage WHEN ((SELECT status FROM curriculum_version WHERE id = OLD.version_id) <> 'draft' OR (SELECT status FROM curriculum_version WHERE id = NEW.version_id) <> 'draft') BEGIN SELECT RAISE(ABORT, 'a submitted version is frozen'); END""",
    """CREATE TRIGGER coverage_frozen_delete BEFORE DELETE ON coverage WHEN ((SELECT status FROM curriculum_version WHERE id = OLD.version_id) <> 'draft') BEGIN SELECT RAISE(ABORT, 'a submitted version is frozen'); END""",
    """CREATE TRIGGER certificate_status_no_update BEFORE UPDATE ON certificate_status BEGIN SELECT RAISE(ABORT, 'certificate_status is append-only'); END""",
    """CREATE TRIGGER certificate_status_no_delete BEFORE DELETE ON certificate_status BEGIN SELECT RAISE(ABORT, 'certificate_status is append-only'); END""",
    """CREATE TRIGGER finding_response_evidence_no_update BEFORE UPDATE ON finding_response_evidence BEGIN SELECT RAISE(ABORT, 'finding_response_evidence is append-only'); END""",
    """CREATE TRIGGER finding_response_evidence_no_delete BEFORE DELETE ON finding_response_evidence BEGIN SELECT RAISE(ABORT, 'finding_response_evidence is append-only'); END""",
)
POSTGRESQL = (
    """CREATE OR REPLACE FUNCTION event_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'event is append-only'; END $$""",
    """CREATE TRIGGER event_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON event EXECUTE FUNCTION event_append_only()""",
    """CREATE OR REPLACE FUNCTION ledger_node_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'ledger_node is append-only'; END $$""",
    """CREATE TRIGGER ledger_node_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_node EXECUTE FUNCTION ledger_node_append_only()""",
    """INSERT INTO ledger_head (id, size) VALUES (1, 0)""",
    """CREATE OR REPLACE FUNCTION document_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'document is append-only'; END $$""",
    """CREATE TRIGGER document_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON document EXECUTE FUNCTION document_append_only()""",
    """CREATE OR REPLACE FUNCTION document_frozen_insert() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.subject = 'curriculum_version' AND ((SELECT status FROM curriculum_version WHERE id = NEW.subject_id FOR SHARE) <> 'draft') THEN RAISE EXCEPTION 'a submitted version is frozen'; END IF; RETURN NEW; END $$""",
    """CREATE TRIGGER document_frozen_insert BEFORE INSERT ON document FOR EACH ROW EXECUTE FUNCTION document_frozen_insert()""",
    """CREATE OR REPLACE FUNCTION ledger_entry_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'ledger_entry is append-only'; END $$""",
    """CREATE TRIGGER ledger_entry_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_entry EXECUTE FUNCTION ledger_entry_append_only()""",
    """CREATE OR REPLACE FUNCTION licence_status_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'licence_status is append-only'; END $$""",
    """CREATE TRIGGER licence_status_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON licence_status EXECUTE FUNCTION licence_status_append_only()""",
    """CREATE OR REPLACE FUNCTION accreditation_status_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'accreditation_status is append-only'; END $$""",
    """CREATE TRIGGER accreditation_status_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON accreditation_status EXECUTE FUNCTION accreditation_status_append_only()""",
    """CREATE OR REPLACE FUNCTION curriculum_version_frozen_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF OLD.status <> 'draft' AND (NEW.status = 'draft' OR NEW.curriculum_id IS DISTINCT FROM OLD.curriculum_id OR NEW.number IS DISTINCT FROM OLD.number OR NEW.edition IS DISTINCT FROM OLD.edition OR NEW.title IS DISTINCT FROM OLD.title OR NEW.summary IS DISTINCT FROM OLD.summary OR NEW.ratio IS DISTINCT FROM OLD.ratio OR NEW.ratio_reason IS DISTINCT FROM OLD.ratio_reason OR NEW.lived_experience IS DISTINCT FROM OLD.lived_experience OR ((OLD.submitted_at IS NOT NULL OR OLD.status <> 'submitted') AND NEW.submitted_at IS DISTINCT FROM OLD.submitted_at) OR ((OLD.content_digest IS NOT NULL OR OLD.status <> 'submitted') AND NEW.content_digest IS DISTINCT FROM OLD.content_digest) OR ((OLD.frozen IS NOT NULL OR OLD.status <> 'submitted') AND NEW.frozen IS DISTINCT FROM OLD.frozen)) THEN RAISE EXCEPTION 'a submitted version is frozen'; END IF; RETURN NEW; END $$""",
    """CREATE TRIGGER curriculum_version_frozen_update BEFORE UPDATE ON curriculum_version FOR EACH ROW EXECUTE FUNCTION curriculum_version_frozen_update()""",
    """CREATE OR REPLACE FUNCTION curriculum_version_frozen_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF OLD.status <> 'draft' THEN RAISE EXCEPTION 'a submitted version is frozen'; END IF; RETURN OLD; END $$""",
    """CREATE TRIGGER curriculum_version_frozen_delete BEFORE DELETE ON curriculum_version FOR EACH ROW EXECUTE FUNCTION curriculum_version_frozen_delete()""",
    """CREATE OR REPLACE FUNCTION affiliate_approval_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'affiliate_approval is append-only'; END $$""",
    """CREATE TRIGGER affiliate_approval_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON affiliate_approval EXECUTE FUNCTION affiliate_approval_append_only()""",
    """CREATE OR REPLACE FUNCTION trainer_approval_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'trainer_approval is append-only'; END $$""",
    """CREATE TRIGGER trainer_approval_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON trainer_approval EXECUTE FUNCTION trainer_approval_append_only()""",
    """CREATE OR REPLACE FUNCTION application_version_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'application_version is append-only'; END $$""",
    """CREATE TRIGGER application_version_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON application_version EXECUTE FUNCTION application_version_append_only()""",
    """CREATE OR REPLACE FUNCTION decision_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'decision is append-only'; END $$""",
    """CREATE TRIGGER decision_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON decision EXECUTE FUNCTION decision_append_only()""",
    """CREATE OR REPLACE FUNCTION logo_file_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'logo_file is append-only'; END $$""",
    """CREATE TRIGGER logo_file_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON logo_file EXECUTE FUNCTION logo_file_append_only()""",
    """CREATE OR REPLACE FUNCTION curriculum_nation_frozen_insert() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF ((SELECT status FROM curriculum_version WHERE id = NEW.version_id FOR SHARE) <> 'draft') THEN RAISE EXCEPTION 'a submitted version is frozen'; END IF; RETURN NEW; END $$""",
    """CREATE TRIGGER curriculum_nation_frozen_insert BEFORE INSERT ON curriculum_nation FOR EACH ROW EXECUTE FUNCTION curriculum_nation_frozen_insert()""",
    """CREATE OR REPLACE FUNCTION curriculum_nation_frozen_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF ((SELECT status FROM curriculum_version WHERE id = OLD.version_id FOR SHARE) <> 'draft' OR (SELECT status FROM curriculum_version WHERE id = NEW.version_id FOR SHARE) <> 'draft') THEN RAISE EXCEPTION 'a submitted version is frozen'; END IF; RETURN NEW; END $$""",
    """CREATE TRIGGER curriculum_nation_frozen_update BEFORE UPDATE ON curriculum_nation FOR EACH ROW EXECUTE FUNCTION curriculum_nation_frozen_update()""",
    """CREATE OR REPLACE FUNCTION curriculum_nation_frozen_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF ((SELECT status FROM curriculum_version WHERE id = OLD.version_id FOR SHARE) <> 'draft') THEN RAISE EXCEPTION 'a submitted version is frozen'; END IF; RETURN OLD; END $$""",
    """CREATE TRIGGER curriculum_nation_frozen_delete BEFORE DELETE ON curriculum_nation FOR EACH ROW EXECUTE FUNCTION curriculum_nation_frozen_delete()""",
    """CREATE OR REPLACE FUNCTION curriculum_setting_frozen_insert() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF ((SELECT status FROM curriculum_version WHERE id = NEW.version_id FOR SHARE) <> 'draft') THEN RAISE EXCEPTION 'a submitted version is frozen'; END IF; RETURN NEW; END $$""",
    """CREATE TRIGGER curriculum_setting_frozen_insert BEFORE INSERT ON curriculum_setting FOR EACH ROW EXECUTE FUNCTION curriculum_setting_frozen_insert()""",
    """CREATE OR REPLACE FUNCTION curriculum_setting_frozen_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF ((SELECT status FROM curriculum_version WHERE id = OLD.version_id FOR SHARE) <> 'draft' OR (SELECT status FROM curriculum_version WHERE id = NEW.version_id FOR SHARE) <> 'draft') THEN RAISE EXCEPTION 'a submitted version is frozen'; END IF; RETURN NEW; END $$""",
    """CREATE TRIGGER curriculum_setting_frozen_update BEFORE UPDATE ON curriculum_setting FOR EACH ROW EXECUTE FUNCTION curriculum_setting_frozen_update()""",
    """CREATE OR REPLACE FUNCTION curriculum_setting_frozen_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF ((SELECT status FROM curriculum_version WHERE id = OLD.version_id FOR SHARE) <> 'draft') THEN RAISE EXCEPTION 'a submitted version is frozen'; END IF; RETURN OLD; END $$""",
    """CREATE TRIGGER curriculum_setting_frozen_delete BEFORE DELETE ON curriculum_setting FOR EACH ROW EXECUTE FUNCTION curriculum_setting_frozen_delete()""",
    """CREATE OR REPLACE FUNCTION curriculum_population_frozen_insert() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF ((SELECT status FROM curriculum_version WHERE id = NEW.version_id FOR SHARE) <> 'draft') THEN RAISE EXCEPTION 'a submitted version is frozen'; END IF; RETURN NEW; END $$""",
    """CREATE TRIGGER curriculum_population_frozen_insert BEFORE INSERT ON curriculum_population FOR EACH ROW EXECUTE FUNCTION curriculum_population_frozen_insert()""",
    """CREATE OR REPLACE FUNCTION curriculum_population_frozen_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF ((SELECT status FROM curriculum_version WHERE id = OLD.version_id FOR SHARE) <> 'draft' OR (SELECT status FROM curriculum_version WHERE id = NEW.version_id FOR SHARE) <> 'draft') THEN RAISE EXCEPTION 'a submitted version is frozen'; END IF; RETURN NEW; END $$""",
    """CREATE TRIGGER curriculum_population_frozen_update BEFORE UPDATE ON curriculum_population FOR EACH ROW EXECUTE FUNCTION curriculum_population_frozen_update()""",
    """CREATE OR REPLACE FUNCTION curriculum_population_frozen_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF ((SELECT status FROM curriculum_version WHERE id = OLD.version_id FOR SHARE) <> 'draft') THEN RAISE EXCEPTION 'a submitted version is frozen'; END IF; RETURN OLD; END $$""",
    """CREATE TRIGGER curriculum_population_frozen_delete BEFORE DELETE ON curriculum_population FOR EACH ROW EXECUTE FUNCTION curriculum_population_frozen_delete()""",
    """CREATE OR REPLACE FUNCTION curriculum_intervention_frozen_insert() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF ((SELECT status FROM curriculum_version WHERE id = NEW.version_id FOR SHARE) <> 'draft') THEN RAISE EXCEPTION 'a submitted version is frozen'; END IF; RETURN NEW; END $$""",
    """CREATE TRIGGER curriculum_intervention_frozen_insert BEFORE INSERT ON curriculum_intervention FOR EACH ROW EXECUTE FUNCTION curriculum_intervention_frozen_insert()""",
    """CREATE OR REPLACE FUNCTION curriculum_intervention_frozen_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF ((SELECT status FROM curriculum_version WHERE id = OLD.version_id FOR SHARE) <> 'draft' OR (SELECT status FROM curriculum_version WHERE id = NEW.version_id FOR SHARE) <> 'draft') THEN RAISE EXCEPTION 'a submitted version is frozen'; END IF; RETURN NEW; END $$""",
    """CREATE TRIGGER curriculum_intervention_frozen_update BEFORE UPDATE ON curriculum_intervention FOR EACH ROW EXECUTE FUNCTION curriculum_intervention_frozen_update()""",
    """CREATE OR REPLACE FUNCTION curriculum_intervention_frozen_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF ((SELECT status FROM curriculum_version WHERE id = OLD.version_id FOR SHARE) <> 'draft') THEN RAISE EXCEPTION 'a submitted version is frozen'; END IF; RETURN OLD; END $$""",
    """CREATE TRIGGER curriculum_intervention_frozen_delete BEFORE DELETE ON curriculum_intervention FOR EACH ROW EXECUTE FUNCTION curriculum_intervention_frozen_delete()""",
    """CREATE OR REPLACE FUNCTION curriculum_module_frozen_insert() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF ((SELECT status FROM curriculum_version WHERE id = NEW.version_id FOR SHARE) <> 'draft') THEN RAISE EXCEPTION 'a submitted version is frozen'; END IF; RETURN NEW; END $$""",
    """CREATE TRIGGER curriculum_module_frozen_insert BEFORE INSERT ON curriculum_module FOR EACH ROW EXECUTE FUNCTION curriculum_module_frozen_insert()""",
    """CREATE OR REPLACE FUNCTION curriculum_module_frozen_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF ((SELECT status FROM curriculum_version WHERE id = OLD.version_id FOR SHARE) <> 'draft' OR (SELECT status FROM curriculum_version WHERE id = NEW.version_id FOR SHARE) <> 'draft') THEN RAISE EXCEPTION 'a submitted version is frozen'; END IF; RETURN NEW; END $$""",
    """CREATE TRIGGER curriculum_module_frozen_update BEFORE UPDATE ON curriculum_module FOR EACH ROW EXECUTE FUNCTION curriculum_module_frozen_update()""",
    """CREATE OR REPLACE FUNCTION curriculum_module_frozen_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF ((SELECT status FROM curriculum_version WHERE id = OLD.version_id FOR SHARE) <> 'draft') THEN RAISE EXCEPTION 'a submitted version is frozen'; END IF; RETURN OLD; END $$""",
    """CREATE TRIGGER curriculum_module_frozen_delete BEFORE DELETE ON curriculum_module FOR EACH ROW EXECUTE FUNCTION curriculum_module_frozen_delete()""",
    """CREATE OR REPLACE FUNCTION acceptance_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'acceptance is append-only'; END $$""",
    """CREATE TRIGGER acceptance_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON acceptance EXECUTE FUNCTION acceptance_append_only()""",
    """CREATE OR REPLACE FUNCTION audit_result_evidence_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'audit_result_evidence is append-only'; END $$""",
    """CREATE TRIGGER audit_result_evidence_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_result_evidence EXECUTE FUNCTION audit_result_evidence_append_only()""",
    """CREATE OR REPLACE FUNCTION finding_version_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'finding_version is append-only'; END $$""",
    """CREATE TRIGGER finding_version_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON finding_version EXECUTE FUNCTION finding_version_append_only()""",
    """CREATE OR REPLACE FUNCTION finding_response_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'finding_response is append-only'; END $$""",
    """CREATE TRIGGER finding_response_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON finding_response EXECUTE FUNCTION finding_response_append_only()""",
    """CREATE OR REPLACE FUNCTION finding_verdict_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'finding_verdict is append-only'; END $$""",
    """CREATE TRIGGER finding_verdict_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON finding_verdict EXECUTE FUNCTION finding_verdict_append_only()""",
    """CREATE OR REPLACE FUNCTION technique_frozen_insert() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF ((SELECT status FROM curriculum_version WHERE id = NEW.version_id FOR SHARE) <> 'draft') THEN RAISE EXCEPTION 'a submitted version is frozen'; END IF; RETURN NEW; END $$""",
    """CREATE TRIGGER technique_frozen_insert BEFORE INSERT ON technique FOR EACH ROW EXECUTE FUNCTION technique_frozen_insert()""",
    """CREATE OR REPLACE FUNCTION technique_frozen_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF ((SELECT status FROM curriculum_version WHERE id = OLD.version_id FOR SHARE) <> 'draft' OR (SELECT status FROM curriculum_version WHERE id = NEW.version_id FOR SHARE) <> 'draft') THEN RAISE EXCEPTION 'a submitted version is frozen'; END IF; RETURN NEW; END $$""",
    """CREATE TRIGGER technique_frozen_update BEFORE UPDATE ON technique FOR EACH ROW EXECUTE FUNCTION technique_frozen_update()""",
    """CREATE OR REPLACE FUNCTION technique_frozen_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF ((SELECT status FROM curriculum_version WHERE id = OLD.version_id FOR SHARE) <> 'draft') THEN RAISE EXCEPTION 'a submitted version is frozen'; END IF; RETURN OLD; END $$""",
    """CREATE TRIGGER technique_frozen_delete BEFORE DELETE ON technique FOR EACH ROW EXECUTE FUNCTION technique_frozen_delete()""",
    """CREATE OR REPLACE FUNCTION coverage_frozen_insert() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF ((SELECT status FROM curriculum_version WHERE id = NEW.version_id FOR SHARE) <> 'draft') THEN RAISE EXCEPTION 'a submitted version is frozen'; END IF; RETURN NEW; END $$""",
    """CREATE TRIGGER coverage_frozen_insert BEFORE INSERT ON coverage FOR EACH ROW EXECUTE FUNCTION coverage_frozen_insert()""",
    """CREATE OR REPLACE FUNCTION coverage_frozen_update() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF ((SELECT status FROM curriculum_version WHERE id = OLD.version_id FOR SHARE) <> 'draft' OR (SELECT status FROM curriculum_version WHERE id = NEW.version_id FOR SHARE) <> 'draft') THEN RAISE EXCEPTION 'a submitted version is frozen'; END IF; RETURN NEW; END $$""",
    """CREATE TRIGGER coverage_frozen_update BEFORE UPDATE ON coverage FOR EACH ROW EXECUTE FUNCTION coverage_frozen_update()""",
    """CREATE OR REPLACE FUNCTION coverage_frozen_delete() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF ((SELECT status FROM curriculum_version WHERE id = OLD.version_id FOR SHARE) <> 'draft') THEN RAISE EXCEPTION 'a submitted version is frozen'; END IF; RETURN OLD; END $$""",
    """CREATE TRIGGER coverage_frozen_delete BEFORE DELETE ON coverage FOR EACH ROW EXECUTE FUNCTION coverage_frozen_delete()""",
    """CREATE OR REPLACE FUNCTION certificate_status_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'certificate_status is append-only'; END $$""",
    """CREATE TRIGGER certificate_status_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON certificate_status EXECUTE FUNCTION certificate_status_append_only()""",
    """CREATE OR REPLACE FUNCTION finding_response_evidence_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'finding_response_evidence is append-only'; END $$""",
    """CREATE TRIGGER finding_response_evidence_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON finding_response_evidence EXECUTE FUNCTION finding_response_evidence_append_only()""",
    """ALTER TABLE "case" ADD CONSTRAINT fk_case_agreement_id FOREIGN KEY(agreement_id) REFERENCES agreement (id)""",
)
FUNCTIONS = (
    "acceptance_append_only",
    "accreditation_status_append_only",
    "affiliate_approval_append_only",
    "application_version_append_only",
    "audit_result_evidence_append_only",
    "certificate_status_append_only",
    "coverage_frozen_delete",
    "coverage_frozen_insert",
    "coverage_frozen_update",
    "curriculum_intervention_frozen_delete",
    "curriculum_intervention_frozen_insert",
    "curriculum_intervention_frozen_update",
    "curriculum_module_frozen_delete",
    "curriculum_module_frozen_insert",
    "curriculum_module_frozen_update",
    "curriculum_nation_frozen_delete",
    "curriculum_nation_frozen_insert",
    "curriculum_nation_frozen_update",
    "curriculum_population_frozen_delete",
    "curriculum_population_frozen_insert",
    "curriculum_population_frozen_update",
    "curriculum_setting_frozen_delete",
    "curriculum_setting_frozen_insert",
    "curriculum_setting_frozen_update",
    "curriculum_version_frozen_delete",
    "curriculum_version_frozen_update",
    "decision_append_only",
    "document_append_only",
    "document_frozen_insert",
    "event_append_only",
    "finding_response_append_only",
    "finding_response_evidence_append_only",
    "finding_verdict_append_only",
    "finding_version_append_only",
    "ledger_entry_append_only",
    "ledger_node_append_only",
    "licence_status_append_only",
    "logo_file_append_only",
    "technique_frozen_delete",
    "technique_frozen_insert",
    "technique_frozen_update",
    "trainer_approval_append_only",
)
TABLES = (
    "finding_response_evidence",
    "technique",
    "finding_version",
    "finding_verdict",
    "finding_response",
    "coverage",
    "certificate_status",
    "audit_result_evidence",
    "scope_item",
    "finding",
    "curriculum_setting",
    "curriculum_population",
    "curriculum_nation",
    "curriculum_module",
    "curriculum_intervention",
    "certificate_item",
    "audit_result",
    "audit_member",
    "audit_curriculum",
    "acceptance",
    "trainer_approval",
    "review_note",
    "planned_audit",
    "logo_file",
    "information_request",
    "decision",
    "curriculum_version",
    "certificate_version",
    "case_trainer",
    "case_affiliate",
    "audit",
    "assignment",
    "application_version",
    "application_check",
    "application",
    "agreement",
    "affiliate_approval",
    "trainer_appointment",
    "token_scope",
    "service_setting",
    "service_population",
    "service_nation",
    "licence_status",
    "ledger_told",
    "invitation_role",
    "curriculum",
    "certificate",
    "case",
    "affiliate",
    "accreditation_status",
    "training_service",
    "token",
    "signed_status_list",
    "session",
    "second_factor",
    "recovery_code",
    "recovery",
    "organisation_name",
    "membership",
    "licence",
    "ledger_entry",
    "invitation",
    "interest",
    "identifier",
    "document",
    "delivery",
    "competence",
    "certificate_counter",
    "case_counter",
    "accreditation",
    "repeat",
    "person",
    "organisation",
    "letter",
    "ledger_node",
    "ledger_head",
    "ledger_checkpoint",
    "event",
    "attempt",
)


def upgrade() -> None:
    """Make everything."""
    make_tables()
    engine = op.get_bind().dialect.name
    for statement in SQLITE if engine == "sqlite" else POSTGRESQL:
        op.execute(sa.text(statement.replace(":", "\\:")))


def downgrade() -> None:
    """Remove everything."""
    engine = op.get_bind().dialect.name
    drop_tables()
    for name in FUNCTIONS if engine == "postgresql" else ():
        op.execute(f"DROP FUNCTION {name}()")


def make_tables() -> None:
    """Every table, in the order of its references."""
    # ### commands auto generated by Alembic - please adjust! ###
    op.create_table(
        "attempt",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_attempt")),
    )
    op.create_table(
        "event",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.String(), nullable=False),
        sa.Column("actor_name", sa.String(), nullable=False),
        sa.Column("organisation_ref", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("subject_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("thread", sa.String(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("data", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("previous", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event")),
        sa.UniqueConstraint("thread", "seq", name=op.f("uq_event_thread_seq")),
    )
    op.create_index(op.f("ix_event_kind"), "event", ["kind"], unique=False)
    op.create_index("ix_event_subject", "event", ["subject", "subject_id"], unique=False)
    op.create_table(
        "ledger_checkpoint",
        sa.Column(
            "size", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("root", sa.LargeBinary(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("size", name=op.f("pk_ledger_checkpoint")),
    )
    op.create_table(
        "ledger_head",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("size", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_head")),
    )
    op.create_table(
        "ledger_node",
        sa.Column("level", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column(
            "place", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("level", "place", name=op.f("pk_ledger_node")),
    )
    op.create_table(
        "letter",
        sa.Column("to", sa.String(), nullable=False),
        sa.Column("message", sa.String(), nullable=False),
        sa.Column("values", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("ref", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter")),
        sa.UniqueConstraint("ref", name=op.f("uq_letter_ref")),
    )
    op.create_table(
        "organisation",
        sa.Column(
            "seat",
            sa.Enum(
                "rrn",
                "certification_body",
                "training_service",
                "affiliate",
                name="seat",
                native_enum=False,
                length=60,
            ),
            nullable=False,
        ),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("postcode", sa.String(), nullable=True),
        sa.Column(
            "nation",
            sa.Enum(
                "england",
                "wales",
                "scotland",
                "northern_ireland",
                "elsewhere",
                name="nation",
                native_enum=False,
                length=60,
            ),
            nullable=False,
        ),
        sa.Column("email", sa.String(), nullable=True),
        sa.Column("website", sa.String(), nullable=True),
        sa.Column("code", sa.String(), nullable=True),
        sa.Column("skeleton", sa.String(), nullable=False),
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("ref", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "code is null or seat = 'certification_body'", name=op.f("ck_organisation_code_of_a_body")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation")),
        sa.UniqueConstraint("code", name=op.f("uq_organisation_code")),
        sa.UniqueConstraint("ref", name=op.f("uq_organisation_ref")),
    )
    op.create_index(op.f("ix_organisation_seat"), "organisation", ["seat"], unique=False)
    op.create_index(op.f("ix_organisation_skeleton"), "organisation", ["skeleton"], unique=False)
    op.create_table(
        "person",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("password_hash", sa.String(), nullable=True),
        sa.Column("same_as_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("ref", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["same_as_id"], ["person.id"], name=op.f("fk_person_same_as_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
        sa.UniqueConstraint("email", name=op.f("uq_person_email")),
        sa.UniqueConstraint("ref", name=op.f("uq_person_ref")),
    )
    op.create_index(op.f("ix_person_same_as_id"), "person", ["same_as_id"], unique=False)
    op.create_table(
        "repeat",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("actor_id", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("asked", sa.String(), nullable=False),
        sa.Column("place", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_repeat")),
        sa.UniqueConstraint("actor_id", "key", name=op.f("uq_repeat_actor_id_key")),
    )
    op.create_table(
        "accreditation",
        sa.Column("body_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("ukas_number", sa.String(), nullable=False),
        sa.Column("scope", sa.String(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("to_on", sa.Date(), nullable=True),
        sa.Column(
            "status",
            sa.Enum(
                "active", "suspended", "withdrawn", name="accreditationstate", native_enum=False, length=60
            ),
            nullable=False,
        ),
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("ref", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["body_id"], ["organisation.id"], name=op.f("fk_accreditation_body_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accreditation")),
        sa.UniqueConstraint("ref", name=op.f("uq_accreditation_ref")),
    )
    op.create_index(op.f("ix_accreditation_body_id"), "accreditation", ["body_id"], unique=False)
    op.create_table(
        "case_counter",
        sa.Column("body_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["body_id"], ["organisation.id"], name=op.f("fk_case_counter_body_id")),
        sa.PrimaryKeyConstraint("body_id", name=op.f("pk_case_counter")),
    )
    op.create_table(
        "certificate_counter",
        sa.Column("body_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["body_id"], ["organisation.id"], name=op.f("fk_certificate_counter_body_id")
        ),
        sa.PrimaryKeyConstraint("body_id", name=op.f("pk_certificate_counter")),
    )
    op.create_table(
        "competence",
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("body_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "licence_manager",
                "brand_manager",
                "standards_manager",
                "oversight_officer",
                "trustee",
                "certification_director",
                "case_officer",
                "lead_assessor",
                "assessor",
                "reviewer",
                "decision_maker",
                "certificate_officer",
                "impartiality_member",
                "organisational_representative",
                "trainer",
                "affiliate_manager",
                name="role",
                native_enum=False,
                length=60,
            ),
            nullable=False,
        ),
        sa.Column("clause_group", sa.String(), nullable=False),
        sa.Column("evidence", sa.String(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("to_on", sa.Date(), nullable=True),
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("ref", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["body_id"], ["organisation.id"], name=op.f("fk_competence_body_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_competence_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_competence")),
        sa.UniqueConstraint("ref", name=op.f("uq_competence_ref")),
    )
    op.create_index(op.f("ix_competence_body_id"), "competence", ["body_id"], unique=False)
    op.create_index(op.f("ix_competence_person_id"), "competence", ["person_id"], unique=False)
    op.create_table(
        "delivery",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("event_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("effect", sa.String(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failure", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_delivery_event_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery")),
        sa.UniqueConstraint("event_id", "effect", name=op.f("uq_delivery_event_id_effect")),
    )
    op.create_index("ix_delivery_open", "delivery", ["done_at", "due_at"], unique=False)
    op.create_table(
        "document",
        sa.Column("organisation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=True),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("uploaded_by", sa.String(), nullable=False),
        sa.Column("uploader_name", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("ref", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_document_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document")),
        sa.UniqueConstraint("ref", name=op.f("uq_document_ref")),
    )
    op.create_index(op.f("ix_document_digest"), "document", ["digest"], unique=False)
    op.create_index(op.f("ix_document_organisation_id"), "document", ["organisation_id"], unique=False)
    op.create_index("ix_document_subject", "document", ["subject", "subject_id"], unique=False)
    op.create_table(
        "identifier",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("organisation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "scheme",
            sa.Enum(
                "company_number",
                "charity_england_wales",
                "charity_scotland",
                "charity_northern_ireland",
                "cqc_provider",
                "cqc_location",
                "ods_code",
                "ukprn",
                "school_urn",
                name="scheme",
                native_enum=False,
                length=60,
            ),
            nullable=False,
        ),
        sa.Column("value", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_identifier_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_identifier")),
        sa.UniqueConstraint("organisation_id", "scheme", name=op.f("uq_identifier_organisation_id_scheme")),
        sa.UniqueConstraint("scheme", "value", name=op.f("uq_identifier_scheme_value")),
    )
    op.create_index(op.f("ix_identifier_organisation_id"), "identifier", ["organisation_id"], unique=False)
    op.create_table(
        "interest",
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("organisation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "employed",
                "trained",
                "consulted",
                "co_wrote",
                "assessed",
                "family_or_financial",
                name="tied",
                native_enum=False,
                length=60,
            ),
            nullable=False,
        ),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("to_on", sa.Date(), nullable=True),
        sa.Column("declared", sa.Boolean(), nullable=False),
        sa.Column("about", sa.String(), nullable=False),
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("ref", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_interest_organisation_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_interest_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_interest")),
        sa.UniqueConstraint("ref", name=op.f("uq_interest_ref")),
    )
    op.create_index(op.f("ix_interest_organisation_id"), "interest", ["organisation_id"], unique=False)
    op.create_index(op.f("ix_interest_person_id"), "interest", ["person_id"], unique=False)
    op.create_table(
        "invitation",
        sa.Column("organisation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("invited_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("ref", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_invitation_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitation")),
        sa.UniqueConstraint("digest", name=op.f("uq_invitation_digest")),
        sa.UniqueConstraint("ref", name=op.f("uq_invitation_ref")),
    )
    op.create_index(op.f("ix_invitation_organisation_id"), "invitation", ["organisation_id"], unique=False)
    op.create_table(
        "ledger_entry",
        sa.Column(
            "number",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("subject_ref", sa.String(), nullable=False),
        sa.Column("event_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_ledger_entry_event_id")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_ledger_entry")),
        sa.UniqueConstraint("event_id", name=op.f("uq_ledger_entry_event_id")),
    )
    op.create_index(op.f("ix_ledger_entry_kind"), "ledger_entry", ["kind"], unique=False)
    op.create_index(op.f("ix_ledger_entry_subject_ref"), "ledger_entry", ["subject_ref"], unique=False)
    op.create_table(
        "licence",
        sa.Column("body_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "applied",
                "checked",
                "licensed",
                "on_watch",
                "suspended",
                "withdrawn",
                "resigned",
                "declined",
                name="licencestate",
                native_enum=False,
                length=60,
            ),
            nullable=False,
        ),
        sa.Column("from_on", sa.Date(), nullable=True),
        sa.Column("to_on", sa.Date(), nullable=True),
        sa.Column("editions", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("agreement_digest", sa.String(), nullable=False),
        sa.Column("royalty_percent", sa.Integer(), nullable=False),
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("ref", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["body_id"], ["organisation.id"], name=op.f("fk_licence_body_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_licence")),
        sa.UniqueConstraint("ref", name=op.f("uq_licence_ref")),
    )
    op.create_index(op.f("ix_licence_body_id"), "licence", ["body_id"], unique=False)
    op.create_index(
        "uq_licence_open",
        "licence",
        ["body_id"],
        unique=True,
        sqlite_where=sa.text("status NOT IN ('withdrawn', 'resigned', 'declined')"),
        postgresql_where=sa.text("status NOT IN ('withdrawn', 'resigned', 'declined')"),
    )
    op.create_table(
        "membership",
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("organisation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "licence_manager",
                "brand_manager",
                "standards_manager",
                "oversight_officer",
                "trustee",
                "certification_director",
                "case_officer",
                "lead_assessor",
                "assessor",
                "reviewer",
                "decision_maker",
                "certificate_officer",
                "impartiality_member",
                "organisational_representative",
                "trainer",
                "affiliate_manager",
                name="role",
                native_enum=False,
                length=60,
            ),
            nullable=False,
        ),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("to_on", sa.Date(), nullable=True),
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("ref", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_membership_organisation_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_membership_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_membership")),
        sa.UniqueConstraint("ref", name=op.f("uq_membership_ref")),
    )
    op.create_index(op.f("ix_membership_organisation_id"), "membership", ["organisation_id"], unique=False)
    op.create_index(op.f("ix_membership_person_id"), "membership", ["person_id"], unique=False)
    op.create_index(
        "uq_membership_open",
        "membership",
        ["person_id", "organisation_id", "role"],
        unique=True,
        sqlite_where=sa.text("to_on is null"),
        postgresql_where=sa.text("to_on is null"),
    )
    op.create_table(
        "organisation_name",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("organisation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("skeleton", sa.String(), nullable=False),
        sa.Column("search_text", sa.String(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("to_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_organisation_name_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation_name")),
        sa.UniqueConstraint(
            "organisation_id", "from_on", name=op.f("uq_organisation_name_organisation_id_from_on")
        ),
    )
    op.create_index(
        op.f("ix_organisation_name_organisation_id"), "organisation_name", ["organisation_id"], unique=False
    )
    op.create_index(op.f("ix_organisation_name_skeleton"), "organisation_name", ["skeleton"], unique=False)
    op.create_index(
        "uq_organisation_name_now",
        "organisation_name",
        ["organisation_id"],
        unique=True,
        sqlite_where=sa.text("to_on is null"),
        postgresql_where=sa.text("to_on is null"),
    )
    op.create_table(
        "recovery",
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("digest", sa.String(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("ref", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_recovery_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery")),
        sa.UniqueConstraint("digest", name=op.f("uq_recovery_digest")),
        sa.UniqueConstraint("ref", name=op.f("uq_recovery_ref")),
    )
    op.create_table(
        "recovery_code",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_recovery_code_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_code")),
        sa.UniqueConstraint("person_id", "digest", name=op.f("uq_recovery_code_person_id_digest")),
    )
    op.create_index(op.f("ix_recovery_code_person_id"), "recovery_code", ["person_id"], unique=False)
    op.create_table(
        "second_factor",
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("secret", sa.String(), nullable=False),
        sa.Column("last_step", sa.Integer(), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("ref", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_second_factor_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_second_factor")),
        sa.UniqueConstraint("person_id", name=op.f("uq_second_factor_person_id")),
        sa.UniqueConstraint("ref", name=op.f("uq_second_factor_ref")),
    )
    op.create_table(
        "session",
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("organisation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("second_factor", sa.Boolean(), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("device", sa.String(), nullable=False),
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("ref", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_session_organisation_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_session_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_session")),
        sa.UniqueConstraint("digest", name=op.f("uq_session_digest")),
        sa.UniqueConstraint("ref", name=op.f("uq_session_ref")),
    )
    op.create_index(op.f("ix_session_person_id"), "session", ["person_id"], unique=False)
    op.create_table(
        "signed_status_list",
        sa.Column("body_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("token", sa.String(), nullable=False),
        sa.Column("as_of", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["body_id"], ["organisation.id"], name=op.f("fk_signed_status_list_body_id")),
        sa.PrimaryKeyConstraint("body_id", "purpose", "number", name=op.f("pk_signed_status_list")),
    )
    op.create_table(
        "token",
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("organisation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("second_factor", sa.Boolean(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("ref", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_token_organisation_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_token_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_token")),
        sa.UniqueConstraint("digest", name=op.f("uq_token_digest")),
        sa.UniqueConstraint("ref", name=op.f("uq_token_ref")),
    )
    op.create_index(op.f("ix_token_person_id"), "token", ["person_id"], unique=False)
    op.create_table(
        "training_service",
        sa.Column("organisation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "route",
            sa.Enum("in_house", "commercial", name="route", native_enum=False, length=60),
            nullable=False,
        ),
        sa.Column("about", sa.String(), nullable=False),
        sa.Column("body_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("ref", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["body_id"], ["organisation.id"], name=op.f("fk_training_service_body_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_training_service_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_training_service")),
        sa.UniqueConstraint("organisation_id", name=op.f("uq_training_service_organisation_id")),
        sa.UniqueConstraint("ref", name=op.f("uq_training_service_ref")),
    )
    op.create_index(op.f("ix_training_service_body_id"), "training_service", ["body_id"], unique=False)
    op.create_table(
        "accreditation_status",
        sa.Column("accreditation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "before",
            sa.Enum(
                "active", "suspended", "withdrawn", name="accreditationstate", native_enum=False, length=60
            ),
            nullable=True,
        ),
        sa.Column(
            "status",
            sa.Enum(
                "active", "suspended", "withdrawn", name="accreditationstate", native_enum=False, length=60
            ),
            nullable=False,
        ),
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("to_on", sa.Date(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason_code", sa.String(), nullable=False),
        sa.Column("public_text", sa.String(), nullable=False),
        sa.Column("private_text", sa.String(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["accreditation_id"], ["accreditation.id"], name=op.f("fk_accreditation_status_accreditation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accreditation_status")),
    )
    op.create_index(
        op.f("ix_accreditation_status_accreditation_id"),
        "accreditation_status",
        ["accreditation_id"],
        unique=False,
    )
    op.create_table(
        "affiliate",
        sa.Column("service_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("organisation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "proposed",
                "evidence_complete",
                "approved",
                "ended",
                name="affiliatestate",
                native_enum=False,
                length=60,
            ),
            nullable=False,
        ),
        sa.Column("tna_signed_off_by", sa.String(), nullable=False),
        sa.Column("tna_signed_on", sa.Date(), nullable=True),
        sa.Column("board_approved_on", sa.Date(), nullable=True),
        sa.Column("plan", sa.String(), nullable=False),
        sa.Column("approved_on", sa.Date(), nullable=True),
        sa.Column("lapses_on", sa.Date(), nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("ref", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_affiliate_organisation_id")
        ),
        sa.ForeignKeyConstraint(
            ["service_id"], ["training_service.id"], name=op.f("fk_affiliate_service_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_affiliate")),
        sa.UniqueConstraint("ref", name=op.f("uq_affiliate_ref")),
    )
    op.create_index(op.f("ix_affiliate_lapses_on"), "affiliate", ["lapses_on"], unique=False)
    op.create_index(op.f("ix_affiliate_organisation_id"), "affiliate", ["organisation_id"], unique=False)
    op.create_index(op.f("ix_affiliate_service_id"), "affiliate", ["service_id"], unique=False)
    op.create_index(
        "uq_affiliate_current",
        "affiliate",
        ["service_id", "organisation_id"],
        unique=True,
        sqlite_where=sa.text("status <> 'ended'"),
        postgresql_where=sa.text("status <> 'ended'"),
    )
    op.create_table(
        "case",
        sa.Column(
            "kind",
            sa.Enum(
                "initial",
                "surveillance",
                "recertification",
                "scope_change",
                "transfer",
                "special",
                name="kind",
                native_enum=False,
                length=60,
            ),
            nullable=False,
        ),
        sa.Column("client_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("service_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("body_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("edition", sa.String(), nullable=False),
        sa.Column("edition_digest", sa.String(), nullable=False),
        sa.Column("rule_pack", sa.String(), nullable=False),
        sa.Column("rule_pack_digest", sa.String(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "draft",
                "submitted",
                "under_application_review",
                "information_requested",
                "declined",
                "agreement_pending",
                "agreement_in_force",
                "planned",
                "in_evaluation",
                "findings_issued",
                "client_response",
                "evaluation_complete",
                "in_review",
                "returned",
                "granted",
                "refused",
                "maintained",
                "reduced",
                "suspended",
                "restored",
                "certificate_withdrawn",
                "refused_notice",
                "certificate_issued",
                "withdrawn_by_client",
                "closed",
                name="state",
                native_enum=False,
                length=60,
            ),
            nullable=False,
        ),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status_since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("paused_seconds", sa.Integer(), nullable=False),
        sa.Column("paused_reason", sa.Text(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("owner_name", sa.String(), nullable=False),
        sa.Column("certificate_number", sa.String(), nullable=False),
        sa.Column("agreement_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column(
            "verdict",
            sa.Enum(
                "grant",
                "grant_in_part",
                "refuse",
                "maintain",
                "reduce",
                "suspend",
                "restore",
                "withdraw_the_certificate",
                name="verdict",
                native_enum=False,
                length=60,
            ),
            nullable=True,
        ),
        sa.Column("report", sa.Text(), nullable=False),
        sa.Column("results_digest", sa.String(), nullable=False),
        sa.Column("reviewed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reviewer_name", sa.String(), nullable=False),
        sa.Column(
            "review_verdict",
            sa.Enum(
                "grant",
                "grant_in_part",
                "refuse",
                "maintain",
                "reduce",
                "suspend",
                "restore",
                "withdraw_the_certificate",
                name="verdict",
                native_enum=False,
                length=60,
            ),
            nullable=True,
        ),
        sa.Column("review_reasons", sa.Text(), nullable=False),
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("ref", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(reviewed_at IS NULL) = (review_verdict IS NULL)",
            name=op.f("ck_case_review_ends_with_a_recommendation"),
        ),
        sa.ForeignKeyConstraint(
            ["agreement_id"], ["agreement.id"], name="fk_case_agreement_id", use_alter=True
        ),
        sa.ForeignKeyConstraint(["body_id"], ["organisation.id"], name=op.f("fk_case_body_id")),
        sa.ForeignKeyConstraint(["client_id"], ["organisation.id"], name=op.f("fk_case_client_id")),
        sa.ForeignKeyConstraint(["service_id"], ["training_service.id"], name=op.f("fk_case_service_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case")),
        sa.UniqueConstraint("ref", name=op.f("uq_case_ref")),
    )
    op.create_index("ix_case_client_queue", "case", ["client_id", "status_since"], unique=False)
    op.create_index(op.f("ix_case_owner"), "case", ["owner"], unique=False)
    op.create_index("ix_case_queue", "case", ["body_id", "status", "status_since"], unique=False)
    op.create_index(op.f("ix_case_service_id"), "case", ["service_id"], unique=False)
    op.create_table(
        "certificate",
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("holder_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("service_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("body_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("case_ref", sa.String(), nullable=False),
        sa.Column("case_thread", sa.String(), nullable=False),
        sa.Column("decision_ref", sa.String(), nullable=False),
        sa.Column("edition", sa.String(), nullable=False),
        sa.Column("rule_pack", sa.String(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "granted",
                "active",
                "suspended",
                "reduced",
                "expired",
                "withdrawn",
                "terminated",
                "superseded",
                "transferred",
                name="status",
                native_enum=False,
                length=60,
            ),
            nullable=False,
        ),
        sa.Column("granted_on", sa.Date(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=False),
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("ref", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("expires_on > starts_on", name=op.f("ck_certificate_ends_after_beginning")),
        sa.CheckConstraint("starts_on >= granted_on", name=op.f("ck_certificate_begins_after_grant")),
        sa.ForeignKeyConstraint(["body_id"], ["organisation.id"], name=op.f("fk_certificate_body_id")),
        sa.ForeignKeyConstraint(["holder_id"], ["organisation.id"], name=op.f("fk_certificate_holder_id")),
        sa.ForeignKeyConstraint(
            ["service_id"], ["training_service.id"], name=op.f("fk_certificate_service_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificate")),
        sa.UniqueConstraint("decision_ref", name=op.f("uq_certificate_decision_ref")),
        sa.UniqueConstraint("number", name=op.f("uq_certificate_number")),
        sa.UniqueConstraint("ref", name=op.f("uq_certificate_ref")),
    )
    op.create_index(op.f("ix_certificate_body_id"), "certificate", ["body_id"], unique=False)
    op.create_index(op.f("ix_certificate_case_ref"), "certificate", ["case_ref"], unique=False)
    op.create_index(op.f("ix_certificate_expires_on"), "certificate", ["expires_on"], unique=False)
    op.create_index(op.f("ix_certificate_holder_id"), "certificate", ["holder_id"], unique=False)
    op.create_index(op.f("ix_certificate_service_id"), "certificate", ["service_id"], unique=False)
    op.create_table(
        "curriculum",
        sa.Column("service_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("organisation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("ref", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_curriculum_organisation_id")
        ),
        sa.ForeignKeyConstraint(
            ["service_id"], ["training_service.id"], name=op.f("fk_curriculum_service_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_curriculum")),
        sa.UniqueConstraint("ref", name=op.f("uq_curriculum_ref")),
    )
    op.create_index(op.f("ix_curriculum_organisation_id"), "curriculum", ["organisation_id"], unique=False)
    op.create_index(op.f("ix_curriculum_service_id"), "curriculum", ["service_id"], unique=False)
    op.create_table(
        "invitation_role",
        sa.Column("invitation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "licence_manager",
                "brand_manager",
                "standards_manager",
                "oversight_officer",
                "trustee",
                "certification_director",
                "case_officer",
                "lead_assessor",
                "assessor",
                "reviewer",
                "decision_maker",
                "certificate_officer",
                "impartiality_member",
                "organisational_representative",
                "trainer",
                "affiliate_manager",
                name="role",
                native_enum=False,
                length=60,
            ),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["invitation_id"], ["invitation.id"], name=op.f("fk_invitation_role_invitation_id")
        ),
        sa.PrimaryKeyConstraint("invitation_id", "role", name=op.f("pk_invitation_role")),
    )
    op.create_table(
        "ledger_told",
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.Column("told", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.ForeignKeyConstraint(["number"], ["ledger_entry.number"], name=op.f("fk_ledger_told_number")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_ledger_told")),
    )
    op.create_table(
        "licence_status",
        sa.Column("licence_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "before",
            sa.Enum(
                "applied",
                "checked",
                "licensed",
                "on_watch",
                "suspended",
                "withdrawn",
                "resigned",
                "declined",
                name="licencestate",
                native_enum=False,
                length=60,
            ),
            nullable=True,
        ),
        sa.Column(
            "status",
            sa.Enum(
                "applied",
                "checked",
                "licensed",
                "on_watch",
                "suspended",
                "withdrawn",
                "resigned",
                "declined",
                name="licencestate",
                native_enum=False,
                length=60,
            ),
            nullable=False,
        ),
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("to_on", sa.Date(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason_code", sa.String(), nullable=False),
        sa.Column("public_text", sa.String(), nullable=False),
        sa.Column("private_text", sa.String(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["licence_id"], ["licence.id"], name=op.f("fk_licence_status_licence_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_licence_status")),
    )
    op.create_index(op.f("ix_licence_status_licence_id"), "licence_status", ["licence_id"], unique=False)
    op.create_table(
        "service_nation",
        sa.Column("service_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "nation",
            sa.Enum(
                "england",
                "wales",
                "scotland",
                "northern_ireland",
                "elsewhere",
                name="nation",
                native_enum=False,
                length=60,
            ),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["service_id"], ["training_service.id"], name=op.f("fk_service_nation_service_id")
        ),
        sa.PrimaryKeyConstraint("service_id", "nation", name=op.f("pk_service_nation")),
    )
    op.create_index(op.f("ix_service_nation_nation"), "service_nation", ["nation"], unique=False)
    op.create_table(
        "service_population",
        sa.Column("service_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "population",
            sa.Enum(
                "children",
                "adults",
                "mental_health",
                "autism",
                "learning_disability",
                "dementia",
                "acquired_brain_injury",
                name="population",
                native_enum=False,
                length=60,
            ),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["service_id"], ["training_service.id"], name=op.f("fk_service_population_service_id")
        ),
        sa.PrimaryKeyConstraint("service_id", "population", name=op.f("pk_service_population")),
    )
    op.create_index(
        op.f("ix_service_population_population"), "service_population", ["population"], unique=False
    )
    op.create_table(
        "service_setting",
        sa.Column("service_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "setting",
            sa.Enum(
                "education",
                "health",
                "social_care",
                "forensic_and_youth_justice",
                name="setting",
                native_enum=False,
                length=60,
            ),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["service_id"], ["training_service.id"], name=op.f("fk_service_setting_service_id")
        ),
        sa.PrimaryKeyConstraint("service_id", "setting", name=op.f("pk_service_setting")),
    )
    op.create_index(op.f("ix_service_setting_setting"), "service_setting", ["setting"], unique=False)
    op.create_table(
        "token_scope",
        sa.Column("token_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "permission",
            sa.Enum(
                "licence:read",
                "licence:manage",
                "organisation:read",
                "organisation:manage",
                "people:read",
                "people:manage",
                "competence:manage",
                "provider:read",
                "provider:write",
                "curriculum:read",
                "curriculum:write",
                "case:read",
                "case:apply",
                "case:office",
                "case:plan",
                "audit:read",
                "audit:record",
                "audit:lead",
                "finding:answer",
                "finding:judge",
                "case:review",
                "case:decide",
                "certificate:read",
                "certificate:status",
                "mark:read",
                "mark:download",
                "oversight:read",
                "standards:manage",
                "register:continue",
                name="permission",
                native_enum=False,
                length=60,
            ),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(["token_id"], ["token.id"], name=op.f("fk_token_scope_token_id")),
        sa.PrimaryKeyConstraint("token_id", "permission", name=op.f("pk_token_scope")),
    )
    op.create_table(
        "trainer_appointment",
        sa.Column("service_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("employer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("person_name", sa.String(), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column(
            "level",
            sa.Enum("senior", "associate", name="trainerlevel", native_enum=False, length=60),
            nullable=False,
        ),
        sa.Column(
            "status",
            sa.Enum(
                "proposed",
                "evidence_complete",
                "approved",
                "ended",
                name="trainerstate",
                native_enum=False,
                length=60,
            ),
            nullable=False,
        ),
        sa.Column("ils_expires_on", sa.Date(), nullable=True),
        sa.Column("qualification", sa.String(), nullable=False),
        sa.Column("care_from_on", sa.Date(), nullable=True),
        sa.Column("cpd_until", sa.Date(), nullable=True),
        sa.Column("reaccredited_on", sa.Date(), nullable=True),
        sa.Column("approved_on", sa.Date(), nullable=True),
        sa.Column("lapses_on", sa.Date(), nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("ref", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["employer_id"], ["organisation.id"], name=op.f("fk_trainer_appointment_employer_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_trainer_appointment_person_id")),
        sa.ForeignKeyConstraint(
            ["service_id"], ["training_service.id"], name=op.f("fk_trainer_appointment_service_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trainer_appointment")),
        sa.UniqueConstraint("ref", name=op.f("uq_trainer_appointment_ref")),
    )
    op.create_index(
        op.f("ix_trainer_appointment_employer_id"), "trainer_appointment", ["employer_id"], unique=False
    )
    op.create_index(
        op.f("ix_trainer_appointment_lapses_on"), "trainer_appointment", ["lapses_on"], unique=False
    )
    op.create_index(
        op.f("ix_trainer_appointment_person_id"), "trainer_appointment", ["person_id"], unique=False
    )
    op.create_index(
        op.f("ix_trainer_appointment_service_id"), "trainer_appointment", ["service_id"], unique=False
    )
    op.create_table(
        "affiliate_approval",
        sa.Column("affiliate_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("to_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["affiliate_id"], ["affiliate.id"], name=op.f("fk_affiliate_approval_affiliate_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_affiliate_approval")),
    )
    op.create_index(
        op.f("ix_affiliate_approval_affiliate_id"), "affiliate_approval", ["affiliate_id"], unique=False
    )
    op.create_table(
        "agreement",
        sa.Column("case_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("ref", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_agreement_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreement")),
        sa.UniqueConstraint("case_id", "number", name=op.f("uq_agreement_case_id_number")),
        sa.UniqueConstraint("ref", name=op.f("uq_agreement_ref")),
    )
    op.create_table(
        "application",
        sa.Column("case_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("legal_name", sa.String(), nullable=False),
        sa.Column("legal_identity", sa.String(), nullable=False),
        sa.Column("sites", sa.Text(), nullable=False),
        sa.Column("specialist_modules", sa.Text(), nullable=False),
        sa.Column("outsourced", sa.Text(), nullable=False),
        sa.Column("consultant_used", sa.Boolean(), nullable=False),
        sa.Column("consultant_name", sa.String(), nullable=False),
        sa.Column("consultant_organisation", sa.String(), nullable=False),
        sa.Column("consultant_email", sa.String(), nullable=True),
        sa.Column("notes", sa.Text(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("ref", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_application_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_application")),
        sa.UniqueConstraint("case_id", name=op.f("uq_application_case_id")),
        sa.UniqueConstraint("ref", name=op.f("uq_application_ref")),
    )
    op.create_table(
        "application_check",
        sa.Column("case_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "item",
            sa.Enum(
                "clear", "agreed", "scope", "means", "competent", name="check", native_enum=False, length=60
            ),
            nullable=False,
        ),
        sa.Column("by_name", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_application_check_case_id")),
        sa.PrimaryKeyConstraint("case_id", "item", name=op.f("pk_application_check")),
    )
    op.create_table(
        "application_version",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("case_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("content", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("by_name", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_application_version_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_application_version")),
        sa.UniqueConstraint("case_id", "number", name=op.f("uq_application_version_case_id_number")),
    )
    op.create_table(
        "assignment",
        sa.Column("case_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column(
            "role",
            sa.Enum("lead_assessor", "assessor", name="teamrole", native_enum=False, length=60),
            nullable=False,
        ),
        sa.Column("objection", sa.Text(), nullable=False),
        sa.Column("objected_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("ref", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_assignment_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assignment")),
        sa.UniqueConstraint("case_id", "person", name=op.f("uq_assignment_case_id_person")),
        sa.UniqueConstraint("ref", name=op.f("uq_assignment_ref")),
    )
    op.create_index(op.f("ix_assignment_person"), "assignment", ["person"], unique=False)
    op.create_table(
        "audit",
        sa.Column("case_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("case_ref", sa.String(), nullable=False),
        sa.Column("body_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("client_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "desk_review",
                "office_visit",
                "practice_observation",
                "panel",
                name="auditkind",
                native_enum=False,
                length=60,
            ),
            nullable=False,
        ),
        sa.Column("edition", sa.String(), nullable=False),
        sa.Column("rule_pack", sa.String(), nullable=False),
        sa.Column(
            "route",
            sa.Enum("in_house", "commercial", name="route", native_enum=False, length=60),
            nullable=False,
        ),
        sa.Column("populations", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("levels", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column(
            "status",
            sa.Enum("planned", "in_evaluation", "complete", name="auditstatus", native_enum=False, length=60),
            nullable=False,
        ),
        sa.Column("planned_on", sa.Date(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("lead", sa.String(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("recorded", sa.Integer(), nullable=False),
        sa.Column("met", sa.Integer(), nullable=False),
        sa.Column("partly", sa.Integer(), nullable=False),
        sa.Column("not_met", sa.Integer(), nullable=False),
        sa.Column("not_applicable", sa.Integer(), nullable=False),
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("ref", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "met >= 0 AND partly >= 0 AND not_met >= 0 AND not_applicable >= 0",
            name=op.f("ck_audit_counters_not_negative"),
        ),
        sa.CheckConstraint("recorded <= total", name=op.f("ck_audit_recorded_within_total")),
        sa.CheckConstraint(
            "recorded = met + partly + not_met + not_applicable", name=op.f("ck_audit_counters_add_up")
        ),
        sa.ForeignKeyConstraint(["body_id"], ["organisation.id"], name=op.f("fk_audit_body_id")),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_audit_case_id")),
        sa.ForeignKeyConstraint(["client_id"], ["organisation.id"], name=op.f("fk_audit_client_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
        sa.UniqueConstraint("ref", name=op.f("uq_audit_ref")),
    )
    op.create_index(op.f("ix_audit_body_id"), "audit", ["body_id"], unique=False)
    op.create_index(op.f("ix_audit_case_id"), "audit", ["case_id"], unique=False)
    op.create_index(op.f("ix_audit_client_id"), "audit", ["client_id"], unique=False)
    op.create_table(
        "case_affiliate",
        sa.Column("case_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("affiliate_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["affiliate_id"], ["affiliate.id"], name=op.f("fk_case_affiliate_affiliate_id")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_case_affiliate_case_id")),
        sa.PrimaryKeyConstraint("case_id", "affiliate_id", name=op.f("pk_case_affiliate")),
    )
    op.create_table(
        "case_trainer",
        sa.Column("case_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("trainer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_case_trainer_case_id")),
        sa.ForeignKeyConstraint(
            ["trainer_id"], ["trainer_appointment.id"], name=op.f("fk_case_trainer_trainer_id")
        ),
        sa.PrimaryKeyConstraint("case_id", "trainer_id", name=op.f("pk_case_trainer")),
    )
    op.create_table(
        "certificate_version",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("certificate_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("statement", sa.String(), nullable=False),
        sa.Column("design", sa.String(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("pdf_digest", sa.String(), nullable=True),
        sa.Column("credential_digest", sa.String(), nullable=True),
        sa.Column("statement_digest", sa.String(), nullable=False),
        sa.Column("ledger_number", sa.Integer(), nullable=True),
        sa.Column("body_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("status_list", sa.Integer(), nullable=False),
        sa.Column("status_index", sa.Integer(), nullable=False),
        sa.Column("held", sa.String(), nullable=True),
        sa.CheckConstraint(
            "issued_at is null or (pdf_digest is not null and credential_digest is not null and ledger_number is not null)",
            name=op.f("ck_certificate_version_published_whole"),
        ),
        sa.CheckConstraint(
            "status_index >= 0 and status_index < 131072", name=op.f("ck_certificate_version_place_in_list")
        ),
        sa.ForeignKeyConstraint(
            ["body_id"], ["organisation.id"], name=op.f("fk_certificate_version_body_id")
        ),
        sa.ForeignKeyConstraint(
            ["certificate_id"], ["certificate.id"], name=op.f("fk_certificate_version_certificate_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificate_version")),
        sa.UniqueConstraint(
            "body_id",
            "status_list",
            "status_index",
            name=op.f("uq_certificate_version_body_id_status_list_status_index"),
        ),
        sa.UniqueConstraint(
            "certificate_id", "number", name=op.f("uq_certificate_version_certificate_id_number")
        ),
    )
    op.create_index(
        op.f("ix_certificate_version_certificate_id"), "certificate_version", ["certificate_id"], unique=False
    )
    op.create_table(
        "curriculum_version",
        sa.Column("curriculum_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "draft",
                "submitted",
                "in_evaluation",
                "certified",
                "superseded",
                "withdrawn",
                name="versionstatus",
                native_enum=False,
                length=60,
            ),
            nullable=False,
        ),
        sa.Column("edition", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("ratio", sa.Integer(), nullable=True),
        sa.Column("ratio_reason", sa.Text(), nullable=False),
        sa.Column("lived_experience", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("content_digest", sa.String(), nullable=True),
        sa.Column("frozen", sa.Text(), nullable=True),
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("ref", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["curriculum_id"], ["curriculum.id"], name=op.f("fk_curriculum_version_curriculum_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_curriculum_version")),
        sa.UniqueConstraint(
            "curriculum_id", "number", name=op.f("uq_curriculum_version_curriculum_id_number")
        ),
        sa.UniqueConstraint("ref", name=op.f("uq_curriculum_version_ref")),
    )
    op.create_index(
        op.f("ix_curriculum_version_content_digest"), "curriculum_version", ["content_digest"], unique=False
    )
    op.create_index(
        op.f("ix_curriculum_version_curriculum_id"), "curriculum_version", ["curriculum_id"], unique=False
    )
    op.create_index(
        "uq_curriculum_version_one_draft",
        "curriculum_version",
        ["curriculum_id"],
        unique=True,
        sqlite_where=sa.text("status = 'draft'"),
        postgresql_where=sa.text("status = 'draft'"),
    )
    op.create_table(
        "decision",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("ref", sa.String(), nullable=False),
        sa.Column("case_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("step", sa.String(), nullable=False),
        sa.Column("reasons", sa.Text(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("by_name", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("relied_on", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_decision_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decision")),
        sa.UniqueConstraint("ref", name=op.f("uq_decision_ref")),
    )
    op.create_index(op.f("ix_decision_case_id"), "decision", ["case_id"], unique=False)
    op.create_table(
        "information_request",
        sa.Column("case_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.String(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("answered_by", sa.String(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("ref", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_information_request_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_information_request")),
        sa.UniqueConstraint("ref", name=op.f("uq_information_request_ref")),
    )
    op.create_index(op.f("ix_information_request_case_id"), "information_request", ["case_id"], unique=False)
    op.create_table(
        "logo_file",
        sa.Column("certificate_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("made_for_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column(
            "kind", sa.Enum("svg", "png", name="filekind", native_enum=False, length=60), nullable=False
        ),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("ref", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["certificate_id"], ["certificate.id"], name=op.f("fk_logo_file_certificate_id")
        ),
        sa.ForeignKeyConstraint(["made_for_id"], ["organisation.id"], name=op.f("fk_logo_file_made_for_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_logo_file")),
        sa.UniqueConstraint("ref", name=op.f("uq_logo_file_ref")),
    )
    op.create_index(op.f("ix_logo_file_certificate_id"), "logo_file", ["certificate_id"], unique=False)
    op.create_index(op.f("ix_logo_file_made_for_id"), "logo_file", ["made_for_id"], unique=False)
    op.create_table(
        "planned_audit",
        sa.Column("case_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "desk_review",
                "office_visit",
                "practice_observation",
                "panel",
                name="auditkind",
                native_enum=False,
                length=60,
            ),
            nullable=False,
        ),
        sa.Column("planned_on", sa.Date(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_planned_audit_case_id")),
        sa.PrimaryKeyConstraint("case_id", "kind", name=op.f("pk_planned_audit")),
    )
    op.create_table(
        "review_note",
        sa.Column("case_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "section",
            sa.Enum(
                "application",
                "agreement",
                "team",
                "results_and_evidence",
                "findings",
                "answers_to_findings",
                "recommendation",
                name="section",
                native_enum=False,
                length=60,
            ),
            nullable=False,
        ),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("by_name", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("closed_by", sa.String(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("ref", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_review_note_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_note")),
        sa.UniqueConstraint("ref", name=op.f("uq_review_note_ref")),
    )
    op.create_index(op.f("ix_review_note_case_id"), "review_note", ["case_id"], unique=False)
    op.create_table(
        "trainer_approval",
        sa.Column("trainer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("to_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["trainer_id"], ["trainer_appointment.id"], name=op.f("fk_trainer_approval_trainer_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trainer_approval")),
    )
    op.create_index(op.f("ix_trainer_approval_trainer_id"), "trainer_approval", ["trainer_id"], unique=False)
    op.create_table(
        "acceptance",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("agreement_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("side", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("by_name", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["agreement_id"], ["agreement.id"], name=op.f("fk_acceptance_agreement_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_acceptance")),
        sa.UniqueConstraint("agreement_id", "side", name=op.f("uq_acceptance_agreement_id_side")),
    )
    op.create_table(
        "audit_curriculum",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("audit_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("version_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["audit_id"], ["audit.id"], name=op.f("fk_audit_curriculum_audit_id")),
        sa.ForeignKeyConstraint(
            ["version_id"], ["curriculum_version.id"], name=op.f("fk_audit_curriculum_version_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_curriculum")),
        sa.UniqueConstraint("audit_id", "version_id", name=op.f("uq_audit_curriculum_audit_id_version_id")),
    )
    op.create_index(op.f("ix_audit_curriculum_version_id"), "audit_curriculum", ["version_id"], unique=False)
    op.create_table(
        "audit_member",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("audit_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["audit_id"], ["audit.id"], name=op.f("fk_audit_member_audit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_member")),
        sa.UniqueConstraint("audit_id", "person", name=op.f("uq_audit_member_audit_id_person")),
    )
    op.create_index("ix_audit_member_person", "audit_member", ["person"], unique=False)
    op.create_table(
        "audit_result",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("audit_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("requirement", sa.String(), nullable=False),
        sa.Column(
            "outcome",
            sa.Enum(
                "met", "partly", "not_met", "not_applicable", name="outcome", native_enum=False, length=60
            ),
            nullable=False,
        ),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("by_name", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "outcome <> 'not_applicable' OR length(reason) >= 3",
            name=op.f("ck_audit_result_left_out_with_a_reason"),
        ),
        sa.ForeignKeyConstraint(["audit_id"], ["audit.id"], name=op.f("fk_audit_result_audit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_result")),
        sa.UniqueConstraint("audit_id", "requirement", name=op.f("uq_audit_result_audit_id_requirement")),
    )
    op.create_table(
        "certificate_item",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("certificate_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("curriculum_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "curriculum_version_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("search_text", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["certificate_id"], ["certificate.id"], name=op.f("fk_certificate_item_certificate_id")
        ),
        sa.ForeignKeyConstraint(
            ["curriculum_id"], ["curriculum.id"], name=op.f("fk_certificate_item_curriculum_id")
        ),
        sa.ForeignKeyConstraint(
            ["curriculum_version_id"],
            ["curriculum_version.id"],
            name=op.f("fk_certificate_item_curriculum_version_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificate_item")),
        sa.UniqueConstraint(
            "certificate_id",
            "curriculum_version_id",
            name=op.f("uq_certificate_item_certificate_id_curriculum_version_id"),
        ),
    )
    op.create_index(
        op.f("ix_certificate_item_certificate_id"), "certificate_item", ["certificate_id"], unique=False
    )
    op.create_index(
        op.f("ix_certificate_item_curriculum_id"), "certificate_item", ["curriculum_id"], unique=False
    )
    op.create_table(
        "curriculum_intervention",
        sa.Column("version_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "intervention",
            sa.Enum(
                "physical",
                "environmental",
                "mechanical",
                "chemical",
                "psycho_social",
                "other",
                name="interventiontype",
                native_enum=False,
                length=60,
            ),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["version_id"], ["curriculum_version.id"], name=op.f("fk_curriculum_intervention_version_id")
        ),
        sa.PrimaryKeyConstraint("version_id", "intervention", name=op.f("pk_curriculum_intervention")),
    )
    op.create_table(
        "curriculum_module",
        sa.Column("version_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column(
            "level",
            sa.Enum(
                "primary",
                "secondary",
                "tertiary_non_restrictive",
                "tertiary_restrictive_intermediate",
                "tertiary_restrictive_advanced",
                name="level",
                native_enum=False,
                length=60,
            ),
            nullable=False,
        ),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("mandatory", sa.Boolean(), nullable=False),
        sa.Column("lived_experience", sa.Boolean(), nullable=False),
        sa.Column("outcomes", sa.Text(), nullable=False),
        sa.Column("assessment", sa.Text(), nullable=False),
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("ref", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["version_id"], ["curriculum_version.id"], name=op.f("fk_curriculum_module_version_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_curriculum_module")),
        sa.UniqueConstraint("ref", name=op.f("uq_curriculum_module_ref")),
    )
    op.create_index(
        op.f("ix_curriculum_module_version_id"), "curriculum_module", ["version_id"], unique=False
    )
    op.create_table(
        "curriculum_nation",
        sa.Column("version_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "nation",
            sa.Enum(
                "england",
                "wales",
                "scotland",
                "northern_ireland",
                "elsewhere",
                name="nation",
                native_enum=False,
                length=60,
            ),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["version_id"], ["curriculum_version.id"], name=op.f("fk_curriculum_nation_version_id")
        ),
        sa.PrimaryKeyConstraint("version_id", "nation", name=op.f("pk_curriculum_nation")),
    )
    op.create_table(
        "curriculum_population",
        sa.Column("version_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "population",
            sa.Enum(
                "children",
                "adults",
                "mental_health",
                "autism",
                "learning_disability",
                "dementia",
                "acquired_brain_injury",
                name="population",
                native_enum=False,
                length=60,
            ),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["version_id"], ["curriculum_version.id"], name=op.f("fk_curriculum_population_version_id")
        ),
        sa.PrimaryKeyConstraint("version_id", "population", name=op.f("pk_curriculum_population")),
    )
    op.create_table(
        "curriculum_setting",
        sa.Column("version_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "setting",
            sa.Enum(
                "education",
                "health",
                "social_care",
                "forensic_and_youth_justice",
                name="setting",
                native_enum=False,
                length=60,
            ),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["version_id"], ["curriculum_version.id"], name=op.f("fk_curriculum_setting_version_id")
        ),
        sa.PrimaryKeyConstraint("version_id", "setting", name=op.f("pk_curriculum_setting")),
    )
    op.create_table(
        "finding",
        sa.Column("audit_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("case_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("body_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("client_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("requirement", sa.String(), nullable=False),
        sa.Column("grade", sa.String(), nullable=False),
        sa.Column("statement", sa.String(), nullable=False),
        sa.Column("evidence", sa.String(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "draft",
                "issued",
                "responded",
                "returned",
                "plan_accepted",
                "implemented",
                "closed",
                "disputed",
                "withdrawn",
                name="findingstatus",
                native_enum=False,
                length=60,
            ),
            nullable=False,
        ),
        sa.Column("turn_since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("drafted_by", sa.String(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("ref", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(number IS NULL) = (issued_at IS NULL)", name=op.f("ck_finding_numbered_when_issued")
        ),
        sa.ForeignKeyConstraint(["audit_id"], ["audit.id"], name=op.f("fk_finding_audit_id")),
        sa.ForeignKeyConstraint(["body_id"], ["organisation.id"], name=op.f("fk_finding_body_id")),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_finding_case_id")),
        sa.ForeignKeyConstraint(["client_id"], ["organisation.id"], name=op.f("fk_finding_client_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_finding")),
        sa.UniqueConstraint("case_id", "number", name=op.f("uq_finding_case_id_number")),
        sa.UniqueConstraint("ref", name=op.f("uq_finding_ref")),
    )
    op.create_index(op.f("ix_finding_audit_id"), "finding", ["audit_id"], unique=False)
    op.create_index(op.f("ix_finding_body_id"), "finding", ["body_id"], unique=False)
    op.create_index(op.f("ix_finding_case_id"), "finding", ["case_id"], unique=False)
    op.create_index(op.f("ix_finding_client_id"), "finding", ["client_id"], unique=False)
    op.create_index("ix_finding_due", "finding", ["status", "due_on"], unique=False)
    op.create_table(
        "scope_item",
        sa.Column("case_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("version_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "outcome",
            sa.Enum("granted", "refused", "deferred", name="outcome", native_enum=False, length=60),
            nullable=True,
        ),
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("ref", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_scope_item_case_id")),
        sa.ForeignKeyConstraint(
            ["version_id"], ["curriculum_version.id"], name=op.f("fk_scope_item_version_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scope_item")),
        sa.UniqueConstraint("case_id", "version_id", name=op.f("uq_scope_item_case_id_version_id")),
        sa.UniqueConstraint("ref", name=op.f("uq_scope_item_ref")),
    )
    op.create_index(op.f("ix_scope_item_version_id"), "scope_item", ["version_id"], unique=False)
    op.create_table(
        "audit_result_evidence",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("result_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("document_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"], ["document.id"], name=op.f("fk_audit_result_evidence_document_id")
        ),
        sa.ForeignKeyConstraint(
            ["result_id"], ["audit_result.id"], name=op.f("fk_audit_result_evidence_result_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_result_evidence")),
        sa.UniqueConstraint(
            "result_id", "document_id", name=op.f("uq_audit_result_evidence_result_id_document_id")
        ),
    )
    op.create_index(
        op.f("ix_audit_result_evidence_document_id"), "audit_result_evidence", ["document_id"], unique=False
    )
    op.create_table(
        "certificate_status",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("certificate_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("item_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column(
            "before",
            sa.Enum(
                "granted",
                "active",
                "suspended",
                "reduced",
                "expired",
                "withdrawn",
                "terminated",
                "superseded",
                "transferred",
                name="status",
                native_enum=False,
                length=60,
            ),
            nullable=True,
        ),
        sa.Column(
            "status",
            sa.Enum(
                "granted",
                "active",
                "suspended",
                "reduced",
                "expired",
                "withdrawn",
                "terminated",
                "superseded",
                "transferred",
                name="status",
                native_enum=False,
                length=60,
            ),
            nullable=False,
        ),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("reason_code", sa.String(), nullable=False),
        sa.Column("public_text", sa.String(), nullable=False),
        sa.Column("private_text", sa.String(), nullable=False),
        sa.Column("ends_when", sa.String(), nullable=False),
        sa.Column("limit_on", sa.Date(), nullable=True),
        sa.Column("contact", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["certificate_id"], ["certificate.id"], name=op.f("fk_certificate_status_certificate_id")
        ),
        sa.ForeignKeyConstraint(
            ["item_id"], ["certificate_item.id"], name=op.f("fk_certificate_status_item_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificate_status")),
    )
    op.create_index(
        "ix_certificate_status_known", "certificate_status", ["certificate_id", "recorded_at"], unique=False
    )
    op.create_table(
        "coverage",
        sa.Column("version_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("requirement", sa.String(), nullable=False),
        sa.Column(
            "answer",
            sa.Enum("covered", "not_covered", name="answer", native_enum=False, length=60),
            nullable=False,
        ),
        sa.Column("module_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("ref", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["module_id"], ["curriculum_module.id"], name=op.f("fk_coverage_module_id")),
        sa.ForeignKeyConstraint(
            ["version_id"], ["curriculum_version.id"], name=op.f("fk_coverage_version_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_coverage")),
        sa.UniqueConstraint("ref", name=op.f("uq_coverage_ref")),
        sa.UniqueConstraint(
            "version_id",
            "requirement",
            "module_id",
            name=op.f("uq_coverage_version_id_requirement_module_id"),
        ),
    )
    op.create_index(op.f("ix_coverage_module_id"), "coverage", ["module_id"], unique=False)
    op.create_index(op.f("ix_coverage_version_id"), "coverage", ["version_id"], unique=False)
    op.create_table(
        "finding_response",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("finding_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("plan", "implementation", "objection", name="answerkind", native_enum=False, length=60),
            nullable=False,
        ),
        sa.Column("correction", sa.String(), nullable=False),
        sa.Column("cause", sa.String(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("evidence", sa.String(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("by_name", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["finding_id"], ["finding.id"], name=op.f("fk_finding_response_finding_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_finding_response")),
        sa.UniqueConstraint("finding_id", "round", name=op.f("uq_finding_response_finding_id_round")),
    )
    op.create_table(
        "finding_verdict",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("finding_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "returned",
                "plan_accepted",
                "closed",
                "upheld",
                name="verdictkind",
                native_enum=False,
                length=60,
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("by_name", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["finding_id"], ["finding.id"], name=op.f("fk_finding_verdict_finding_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_finding_verdict")),
        sa.UniqueConstraint("finding_id", "round", name=op.f("uq_finding_verdict_finding_id_round")),
    )
    op.create_table(
        "finding_version",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("finding_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("grade", sa.String(), nullable=False),
        sa.Column("statement", sa.String(), nullable=False),
        sa.Column("evidence", sa.String(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_name", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["finding_id"], ["finding.id"], name=op.f("fk_finding_version_finding_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_finding_version")),
        sa.UniqueConstraint("finding_id", "number", name=op.f("uq_finding_version_finding_id_number")),
    )
    op.create_table(
        "technique",
        sa.Column("version_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("module_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column(
            "position",
            sa.Enum(
                "standing",
                "seated",
                "kneeling",
                "on_the_side",
                "face_up",
                "face_down",
                "moving",
                "other",
                name="position",
                native_enum=False,
                length=60,
            ),
            nullable=False,
        ),
        sa.Column(
            "restrictiveness",
            sa.Enum(
                "primary",
                "secondary",
                "tertiary_non_restrictive",
                "tertiary_restrictive_intermediate",
                "tertiary_restrictive_advanced",
                name="level",
                native_enum=False,
                length=60,
            ),
            nullable=False,
        ),
        sa.Column("rationale", sa.Text(), nullable=False),
        sa.Column("risk_assessment", sa.Text(), nullable=False),
        sa.Column("elevated_risks", sa.Text(), nullable=False),
        sa.Column("medical_review_on", sa.Date(), nullable=True),
        sa.Column("high_risk", sa.Boolean(), nullable=False),
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("ref", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["module_id"], ["curriculum_module.id"], name=op.f("fk_technique_module_id")),
        sa.ForeignKeyConstraint(
            ["version_id"], ["curriculum_version.id"], name=op.f("fk_technique_version_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_technique")),
        sa.UniqueConstraint("ref", name=op.f("uq_technique_ref")),
    )
    op.create_index(op.f("ix_technique_module_id"), "technique", ["module_id"], unique=False)
    op.create_index(op.f("ix_technique_version_id"), "technique", ["version_id"], unique=False)
    op.create_table(
        "finding_response_evidence",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("response_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("document_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"], ["document.id"], name=op.f("fk_finding_response_evidence_document_id")
        ),
        sa.ForeignKeyConstraint(
            ["response_id"], ["finding_response.id"], name=op.f("fk_finding_response_evidence_response_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_finding_response_evidence")),
        sa.UniqueConstraint(
            "response_id", "document_id", name=op.f("uq_finding_response_evidence_response_id_document_id")
        ),
    )
    op.create_index(
        op.f("ix_finding_response_evidence_document_id"),
        "finding_response_evidence",
        ["document_id"],
        unique=False,
    )
    # ### end Alembic commands ###


def drop_tables() -> None:
    """Every table, in the opposite order; cases and agreements name each other."""
    cascade = " CASCADE" if op.get_bind().dialect.name == "postgresql" else ""
    for name in TABLES:
        op.execute(f'DROP TABLE "{name}"{cascade}')
