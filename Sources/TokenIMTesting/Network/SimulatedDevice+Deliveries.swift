internal import TokenIM

/// A mistake that a simulated device makes on purpose, to see that it is found.
package enum DeviceMistake: CaseIterable, Sendable {
    /// Says that it has stored what it is about to store.
    case acknowledgesBeforeStoring
    /// Takes deliveries as they come, and so acknowledges those that are missing between them.
    case acknowledgesAcrossGaps
    /// Stores what it has already.
    case keepsDuplicates
    /// Sends a request again as if it were another one.
    case retriesWithAnotherKey
}

extension SimulatedDevice {
    private static let storingTime = Duration.milliseconds(300)

    /// Takes a delivery when it is its turn, and what waited for it.
    func take(_ delivery: Delivery, _ number: Int) {
        if mistake == .acknowledgesAcrossGaps {
            guard number > taken else { return }
            taken = number
            keep(delivery)
            return post(.acknowledgement(acknowledged))
        }
        if number > taken + 1 {
            if held.isEmpty { set(.gap(connection, taken), after: timing.gap) }
            held[number] = delivery
            return
        }
        if number == taken + 1 {
            taken = number
            keep(delivery)
            while let next = held.removeValue(forKey: taken + 1) {
                taken += 1
                keep(next)
            }
            if !held.isEmpty { set(.gap(connection, taken), after: timing.gap) }
        } else if mistake == .keepsDuplicates {
            store(delivery)
        }
        // Also for what came again: it may have come again because the acknowledgement was lost.
        post(.acknowledgement(acknowledged))
    }

    private func keep(_ delivery: Delivery) {
        acknowledged = delivery.position
        if mistake == .acknowledgesBeforeStoring {
            set(.store(delivery, launches), after: Self.storingTime)
        } else {
            store(delivery)
        }
    }

    func store(_ delivery: Delivery) {
        if let gap = delivery.gap { log.store(gap, in: delivery.conversation) }
        guard let entry = delivery.entry else { return }
        log.store(LogLine(entry), in: entry.conversation, keepsDuplicates: mistake == .keepsDuplicates)
    }
}
