"""The Unitree door: our simulator as a Go2 on DDS, and our stack as a client that drives one."""
