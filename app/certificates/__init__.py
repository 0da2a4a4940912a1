"""What a decision grants: number, versions, status history, statement, document, credential, seal."""
