extension State {
    func decideConsumer(_ action: Action) throws -> Decision {
        switch action {
        case .createConsumer(let id, let start):
            if try written.consumer(id) != nil { throw IMError(.alreadyExists, "consumer \(id) exists") }
            return Decision(
                author: 0, .consumerChanged(id, [.created(start: start == .beginning ? 0 : head)]), in: .engine)
        case .deleteConsumer(let id):
            guard try written.consumer(id) != nil else { throw unknownConsumer(id) }
            return Decision(author: 0, .consumerChanged(id, [.deleted]), in: .engine)
        case .changeConsumer(let id, let changes):
            guard let floor = try written.consumer(id) else { throw unknownConsumer(id) }
            let news = try changes.filter { change in
                guard case .moved(let position) = change else { return true }
                guard position <= head else {
                    throw IMError(.acknowledgementAhead, "\(position) lies above the head, \(head)")
                }
                return position > floor
            }
            if news.isEmpty { return Decision(unchanged: .engine, author: 0) }
            return Decision(author: 0, .consumerChanged(id, news), in: .engine)
        default:
            throw IMError(.broken, "not a command about consumers")
        }
    }

    private func unknownConsumer(_ id: ConsumerID) -> IMError {
        IMError(.notFound, "there is no consumer \(id)")
    }
}
