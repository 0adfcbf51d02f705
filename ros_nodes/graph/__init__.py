"""The graph: topics, QoS, parameters, processes, supervisor."""
