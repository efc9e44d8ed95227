/// A named place of the host in the whole journal.
public final class Consumer: Sendable {}
