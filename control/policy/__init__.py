"""Policy files: contract, golden vectors, checksum, and the session that refuses misfits."""
