"""An evaluation inside a case: results by requirement, evidence, findings, corrective action."""
