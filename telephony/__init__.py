"""Everything that knows Asterisk and nothing that knows the CRM."""
