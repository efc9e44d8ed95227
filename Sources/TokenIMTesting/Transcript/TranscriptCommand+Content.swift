internal import TokenIM

extension TranscriptCommand {
    /// How content is said.
    static let contentUsage =
        "[TEXT] [image=] [audio=] [video=] [file=] [type=] [size=] [width=] [height=] [duration=] [thumbnail=] "
        + "[digest=] [caption=] [location=] [card=] [custom=] [bytes=] [name=] [address=] [avatar=]"

    static let optionsUsage = "[uncounted] [silent] [expires=] [burns=] [at=]"

    static let mentionsUsage = "[mentions=] [mentions-all]"

    var content: Content {
        get throws {
            if let type = optional("custom") {
                return .custom(type: type, bytes: Array((optional("bytes") ?? "").utf8))
            }
            if let card = optional("card") {
                return .card(Card(try target(named: card), name: optional("name"), avatar: optional("avatar")))
            }
            if has("location") { return .location(try location) }
            if let reference = optional("image") { return .image(try media(reference)) }
            if let reference = optional("audio") { return .audio(try media(reference)) }
            if let reference = optional("video") { return .video(try media(reference)) }
            if let reference = optional("file") { return .file(try media(reference)) }
            return .text(try text())
        }
    }

    private var location: Location {
        get throws {
            let degrees = list("location").compactMap(Double.init)
            guard degrees.count == 2 else { throw failure("a place is written as latitude,longitude") }
            return Location(
                latitude: degrees[0], longitude: degrees[1], name: optional("name"), address: optional("address"))
        }
    }

    private func media(_ reference: String) throws -> Media {
        Media(
            reference, mediaType: optional("type") ?? "", size: try number("size") ?? 0, name: optional("name"),
            width: try count("width"), height: try count("height"), duration: try duration("duration"),
            thumbnail: optional("thumbnail"), digest: optional("digest").map { Array($0.utf8) },
            caption: optional("caption"))
    }

    var mentions: Mentions {
        get throws { Mentions(try users("mentions"), isAll: has("mentions-all")) }
    }

    var options: MessageOptions {
        get throws {
            MessageOptions(
                isCounted: !has("uncounted"), isSilent: has("silent"), expiresAfter: try duration("expires"),
                burnsAfterReading: try duration("burns"), scheduledFor: try moment("at"))
        }
    }
}
