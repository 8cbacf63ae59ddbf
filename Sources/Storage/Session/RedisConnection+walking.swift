package import Domain
package import Redis

extension RedisConnection {
    /// Some hundred thousand keys are looked through at most.
    private static let mostPages = 200

    /// The dispatch keys that begin with a text and are bound, sorted; ten thousand or a few more at most.
    package mutating func boundKeys(
        beginningWith text: String, _ registry: SessionRegistry
    ) throws(RedisError) -> [DispatchKey] {
        var names: Set<String> = []
        var position: String? = SCAN.start
        var pages = 0
        while let from = position, pages < Self.mostPages, names.count < 10_000 {
            let page = try ask(ZSCAN(registry.keys.bindings, SCAN.pattern(text) + "*", from: from, count: 1000))
            names.formUnion(page.members)
            position = page.next
            pages += 1
        }
        return names.sorted().compactMap { try? DispatchKey($0) }
    }

    /// Removes every key of a namespace, its pools' too: for one that was made to be thrown away.
    package mutating func removeAll(of keys: Keys) throws(RedisError) {
        var position: String? = SCAN.start
        while let from = position {
            let page = try ask(SCAN(keys.everything, from: from, count: 1000))
            for key in page.keys { _ = try ask(DEL(key)) }
            position = page.next
        }
    }
}
