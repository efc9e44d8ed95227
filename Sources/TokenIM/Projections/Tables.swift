import TokenIMLMDB

/// The tables of the journal's environment. Names are never reused for something else.
struct JournalTables {
    static let names = [
        "journal", "store", "users", "user-numbers", "groups", "group-numbers", "members", "memberships", "devices",
        "device-numbers", "trims", "consumers", "consumer-entries",
    ]

    /// position → entry
    let journal: Table
    /// facts about the store itself: its epoch
    let store: Table
    /// user → record
    let users: Table
    /// the user's name → user
    let userNumbers: Table
    /// conversation → record of the group
    let groups: Table
    /// the group's name → conversation
    let groupNumbers: Table
    /// conversation, user → membership
    let members: Table
    /// user, conversation → where the membership ended, or 0
    let memberships: Table
    /// device → record
    let devices: Table
    /// user, the device's name → device
    let deviceNumbers: Table
    /// conversation → what has been trimmed of it
    let trims: Table
    /// the consumer's name → record
    let consumers: Table
    /// the consumer's name, position → an entry it gave back
    let consumerEntries: Table

    init(_ environment: Environment) {
        journal = environment.table("journal")
        store = environment.table("store")
        users = environment.table("users")
        userNumbers = environment.table("user-numbers")
        groups = environment.table("groups")
        groupNumbers = environment.table("group-numbers")
        members = environment.table("members")
        memberships = environment.table("memberships")
        devices = environment.table("devices")
        deviceNumbers = environment.table("device-numbers")
        trims = environment.table("trims")
        consumers = environment.table("consumers")
        consumerEntries = environment.table("consumer-entries")
    }
}

/// The tables of the projections' environment, written by folds only.
struct FoldedTables {
    static let names = ["checkpoint", "conversations", "timeline", "markers", "cursors", "chats", "keys", "key-runs"]

    /// up to which position the journal has been folded
    let checkpoint: Table
    /// conversation → head, markers of a direct conversation, newest block of positions
    let conversations: Table
    /// conversation, block → 64 positions
    let timeline: Table
    /// conversation, user → read marker in a group
    let markers: Table
    /// device → position
    let cursors: Table
    /// user, direct conversation → nothing
    let chats: Table
    /// digest of author and idempotency key, position → nothing
    let keys: Table
    /// run, chunk → digests and positions not yet in `keys`
    let keyRuns: Table

    init(_ environment: Environment) {
        checkpoint = environment.table("checkpoint")
        conversations = environment.table("conversations")
        timeline = environment.table("timeline")
        markers = environment.table("markers")
        cursors = environment.table("cursors")
        chats = environment.table("chats")
        keys = environment.table("keys")
        keyRuns = environment.table("key-runs")
    }
}
