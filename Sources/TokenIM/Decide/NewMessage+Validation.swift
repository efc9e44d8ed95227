extension NewMessage {
    func validate(_ limits: Limits, to target: Target) throws(IMError) {
        try content.validate(limits)
        if replyTo > Self.greatestSequence { throw IMError(.malformedArgument, "no entry has the sequence \(replyTo)") }
        guard let extras else { return }
        var isDirect = false
        if case .user = target.value { isDirect = true }
        try extras.mentions.validate(limits, isDirect: isDirect)
        try extras.options.validate(limits, to: target)
    }

    /// Sequences are stored with a bit beside them.
    static let greatestSequence: SequenceNumber = .max >> 1
}

extension Mentions {
    func validate(_ limits: Limits, isDirect: Bool) throws(IMError) {
        guard users.count <= limits.mentionsPerMessage else {
            throw IMError(
                .requestTooLarge, "\(users.count) mentions in one message; the limit is \(limits.mentionsPerMessage)")
        }
        if isAll, isDirect { throw IMError(.malformedArgument, "all are mentioned in groups only") }
        var seen: Set<UserID> = []
        for user in users where !seen.insert(user).inserted {
            throw IMError(.malformedArgument, "user \(user) is mentioned twice")
        }
    }
}

extension MessageOptions {
    private static let day = Duration.seconds(86_400)

    func validate(_ limits: Limits, to target: Target) throws(IMError) {
        if let expiresAfter, !(.seconds(1)...Self.day * 366).contains(expiresAfter) {
            throw IMError(.malformedArgument, "a message expires after 1 second to 366 days, not \(expiresAfter)")
        }
        guard let burnsAfterReading else { return }
        guard (.zero...Self.day * 7).contains(burnsAfterReading) else {
            throw IMError(
                .malformedArgument, "a message burns 0 seconds to 7 days after reading, not \(burnsAfterReading)")
        }
        if case .group = target.value {
            throw IMError(.malformedArgument, "only messages of direct conversations burn after reading")
        }
    }
}

extension Content {
    func validate(_ limits: Limits) throws(IMError) {
        switch value {
        case .text(let text):
            if text.utf8.isEmpty { throw IMError(.malformedContent, "a text needs at least one byte") }
        case .custom(let type, _):
            do throws(IMError) {
                _ = try Identifier<Content>(type)
            } catch {
                throw IMError(.malformedContent, "the type of custom content: \(error.message)")
            }
        case .image(let media), .audio(let media), .video(let media), .file(let media): try media.validate()
        case .location(let location): try location.validate()
        case .card(let card):
            if card.byteCount > 4_096 { throw IMError(.malformedContent, "a card has at most 4,096 bytes") }
        }
        guard byteCount <= limits.contentBytes else {
            throw IMError(.contentTooLarge, "content of \(byteCount) bytes; the limit is \(limits.contentBytes)")
        }
    }
}

extension Media {
    func validate() throws(IMError) {
        try Self.require(reference.utf8.count, in: 1...2_048, "a reference")
        try Self.require(mediaType.utf8.count, in: 0...128, "a media type")
        try Self.require(name?.utf8.count, in: 0...512, "a name")
        try Self.require(thumbnail?.utf8.count, in: 0...2_048, "a thumbnail")
        try Self.require(digest?.count, in: 0...64, "a digest")
        guard (width == nil) == (height == nil) else {
            throw IMError(.malformedContent, "media with one of width and height")
        }
        for side in [width, height] {
            if let side, !(1...65_535).contains(side) {
                throw IMError(.malformedContent, "media of \(side) pixels; 1 to 65,535")
            }
        }
        if let duration, !(.zero...Duration.seconds(30 * 86_400)).contains(duration) {
            throw IMError(.malformedContent, "media of \(duration); 0 up to 30 days")
        }
    }

    private static func require(_ count: Int?, in range: ClosedRange<Int>, _ what: String) throws(IMError) {
        guard let count, !range.contains(count) else { return }
        throw IMError(
            .malformedContent,
            "\(what) of \(count) bytes; \(range.lowerBound) to \(range.upperBound)")
    }
}

extension Location {
    func validate() throws(IMError) {
        // A comparison with what is no number is false, so such a place is refused too.
        guard (-90...90).contains(latitude), (-180...180).contains(longitude) else {
            throw IMError(.malformedContent, "no place on earth: \(latitude), \(longitude)")
        }
    }
}
