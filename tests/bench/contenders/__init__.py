"""What Dossier is measured against: what a user would pick instead, and what no service can beat."""
