import TokenIMLMDB

/// The tables of the journal's environment. Names are never reused for something else.
struct JournalTables {
    static let names = [
        "journal", "store", "users", "user-numbers", "groups", "group-numbers", "members", "memberships", "devices",
        "device-numbers", "trims", "consumers", "consumer-entries", "relations", "settings", "hidden", "mentions",
        "amendments", "reactions", "pins", "withdrawn", "burning", "alarms", "scheduled", "group-settings",
        "member-changes", "requests", "requests-of-users", "bans", "seen",
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
    /// user, contact or block, other user → what the one has with the other
    let relations: Table
    /// user, conversation → how the user has it in its inbox
    let settings: Table
    /// user, conversation, 64 sequences → which of them the user deleted for itself
    let hidden: Table
    /// user, or 0 for all; conversation, sequence of a message that counts → nothing
    let mentions: Table
    /// conversation, sequence of a message → what became of it
    let amendments: Table
    /// conversation, sequence, user, reaction → nothing
    let reactions: Table
    /// conversation, sequence → where it was pinned
    let pins: Table
    /// conversation, level and block → how many messages have been withdrawn
    let withdrawn: Table
    /// conversation, sequence of a message that waits to be read and burned → how long after
    let burning: Table
    /// moment, position → what is to happen then
    let alarms: Table
    /// user, sequence of the entry in its personal conversation → when
    let scheduled: Table
    /// conversation → announcement of a group
    let groupSettings: Table
    /// conversation, position, member whose place changed last then → nothing
    let memberChanges: Table
    /// conversation, user → a request to join, or an invitation
    let requests: Table
    /// user, conversation → nothing
    let requestsOfUsers: Table
    /// conversation, user → who may not come back
    let bans: Table
    /// user → when it was connected last
    let seen: Table

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
        relations = environment.table("relations")
        settings = environment.table("settings")
        hidden = environment.table("hidden")
        mentions = environment.table("mentions")
        amendments = environment.table("amendments")
        reactions = environment.table("reactions")
        pins = environment.table("pins")
        withdrawn = environment.table("withdrawn")
        burning = environment.table("burning")
        alarms = environment.table("alarms")
        scheduled = environment.table("scheduled")
        groupSettings = environment.table("group-settings")
        memberChanges = environment.table("member-changes")
        requests = environment.table("requests")
        requestsOfUsers = environment.table("requests-of-users")
        bans = environment.table("bans")
        seen = environment.table("seen")
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
