"""What a decision grants: number, versions, status history, document, credential, seal."""
