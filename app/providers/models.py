"""The tables of training services, their affiliates and trainers, and of the periods in which these were approved."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.kernel.database import Key, Record, Table
from app.kernel.journal import append_only
from app.providers.rules import AffiliateState, TrainerLevel, TrainerState
from app.standards.rules import Nation, Population, Route, Setting

_NOT_ENDED = text("status <> 'ended'")


class TrainingService(Record, Table):
    """What an organisation offers as training; the applicant and the holder of a certificate."""

    __tablename__ = "training_service"

    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), unique=True)
    route: Mapped[Route]
    about: Mapped[str]
    body_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    """Its certification body, chosen with its application."""
    nation_rows: Mapped[list["ServiceNation"]] = relationship(cascade="all, delete-orphan", lazy="selectin")
    setting_rows: Mapped[list["ServiceSetting"]] = relationship(cascade="all, delete-orphan", lazy="selectin")
    population_rows: Mapped[list["ServicePopulation"]] = relationship(
        cascade="all, delete-orphan", lazy="selectin"
    )

    @property
    def nations(self) -> list[Nation]:
        return [nation for nation in Nation if nation in {row.nation for row in self.nation_rows}]

    @property
    def settings(self) -> list[Setting]:
        return [setting for setting in Setting if setting in {row.setting for row in self.setting_rows}]

    @property
    def populations(self) -> list[Population]:
        return [one for one in Population if one in {row.population for row in self.population_rows}]


class ServiceNation(Table):
    """A nation in which a service delivers."""

    __tablename__ = "service_nation"

    service_id: Mapped[int] = mapped_column(ForeignKey("training_service.id"), primary_key=True)
    nation: Mapped[Nation] = mapped_column(primary_key=True, index=True)


class ServiceSetting(Table):
    """A setting in which a service delivers."""

    __tablename__ = "service_setting"

    service_id: Mapped[int] = mapped_column(ForeignKey("training_service.id"), primary_key=True)
    setting: Mapped[Setting] = mapped_column(primary_key=True, index=True)


class ServicePopulation(Table):
    """People whom the staff a service trains support."""

    __tablename__ = "service_population"

    service_id: Mapped[int] = mapped_column(ForeignKey("training_service.id"), primary_key=True)
    population: Mapped[Population] = mapped_column(primary_key=True, index=True)


class Affiliate(Record, Table):
    """An organisation that delivers a provider's curriculum to its own staff, with its own associate trainers."""

    __tablename__ = "affiliate"
    __table_args__ = (
        Index(
            "uq_affiliate_current", "service_id", "organisation_id", unique=True,
            sqlite_where=_NOT_ENDED, postgresql_where=_NOT_ENDED,
        ),
    )  # fmt: skip

    service_id: Mapped[int] = mapped_column(ForeignKey("training_service.id"), index=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    status: Mapped[AffiliateState] = mapped_column(default=AffiliateState.PROPOSED)
    tna_signed_off_by: Mapped[str] = mapped_column(default="")
    """The accountable person who signed the training needs analysis off."""
    tna_signed_on: Mapped[date | None]
    board_approved_on: Mapped[date | None]
    plan: Mapped[str] = mapped_column(default="")
    """The restraint reduction action plan: what it is and where it is kept."""
    approved_on: Mapped[date | None]
    lapses_on: Mapped[date | None] = mapped_column(index=True)
    """The last day of the approval unless the needs analysis is reviewed."""
    ended_on: Mapped[date | None]


class TrainerAppointment(Record, Table):
    """One person teaching for one service at one employer: an appointment, not a property of the person."""

    __tablename__ = "trainer_appointment"

    service_id: Mapped[int] = mapped_column(ForeignKey("training_service.id"), index=True)
    employer_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    person_name: Mapped[str]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    level: Mapped[TrainerLevel]
    status: Mapped[TrainerState] = mapped_column(default=TrainerState.PROPOSED)
    ils_expires_on: Mapped[date | None]
    """The last day of the immediate life support certificate."""
    qualification: Mapped[str] = mapped_column(default="")
    care_from_on: Mapped[date | None]
    """Since when in a support or care role."""
    cpd_until: Mapped[date | None]
    """Until when continuing professional development is up to date."""
    reaccredited_on: Mapped[date | None]
    approved_on: Mapped[date | None]
    lapses_on: Mapped[date | None] = mapped_column(index=True)
    """The last day of the approval: the earliest of the dates it rests on."""
    ended_on: Mapped[date | None]


class Approval:
    """A span of days in which somebody was approved, first and last day included. Only ever added."""

    id: Mapped[int] = mapped_column(Key, primary_key=True, autoincrement=True)
    from_on: Mapped[date]
    to_on: Mapped[date]
    recorded_at: Mapped[datetime]


class AffiliateApproval(Approval, Table):
    """A span of days in which an affiliate was approved."""

    __tablename__ = "affiliate_approval"

    affiliate_id: Mapped[int] = mapped_column(ForeignKey("affiliate.id"), index=True)


class TrainerApproval(Approval, Table):
    """A span of days in which a trainer's appointment was approved."""

    __tablename__ = "trainer_approval"

    trainer_id: Mapped[int] = mapped_column(ForeignKey("trainer_appointment.id"), index=True)


append_only("affiliate_approval")
append_only("trainer_approval")
