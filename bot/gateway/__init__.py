"""The way of a message: kept in the inbox, understood by the engine, answered by the outbox."""
