"""The contenders: alternatives to Dossier, and the upper limit of any service."""
