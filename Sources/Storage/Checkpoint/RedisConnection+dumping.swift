package import Domain
package import Redis

extension RedisConnection {
    /// Hands out every key of a namespace that belongs in a checkpoint, its pools' too; a few at a time, so that hooks
    /// come between. What changes meanwhile is there as it was at some moment; cursors come first.
    /// - Parameter now: ms since 1970, by which the end of a key is told.
    package mutating func dump(
        _ keys: Keys, now: () -> Int64, _ body: (DumpedKey) throws -> Void
    ) throws {
        var names: [RedisKey] = []
        var position: String? = SCAN.start
        while let from = position {
            let page = try ask(SCAN(keys.everything, from: from, count: 1000))
            names += page.keys.filter { keys.rule(of: $0).map { $0 != .passing } ?? false }
            position = page.next
        }
        // A walk may name a key twice.
        let all = Set(names).sorted {
            let (one, other) = (PoolKeys.isCursor($0), PoolKeys.isCursor($1))
            return one == other ? $0.name < $1.name : one
        }
        for page in Self.pages(of: all) {
            let types = try ask(ForEach(page.map(TYPE.init)))
            let values = zip(page, types).compactMap { key, type in VALUE(key, type: type).map { (key, $0) } }
            let found = try ask(ForEach(values.map(\.1)))
            let time = now()
            for ((key, _), answer) in zip(values, found) {
                guard let answer else { continue }
                try body(
                    DumpedKey(key, answer.value, expiresMilliseconds: answer.livesMilliseconds.map { time + $0 }))
            }
        }
    }

    /// A hundred keys at most each, all of one slot.
    private static func pages(of keys: [RedisKey]) -> [[RedisKey]] {
        var pages: [[RedisKey]] = []
        for key in keys {
            if let last = pages.last, last.count < 100, last[0].hashTag == key.hashTag {
                pages[pages.count - 1].append(key)
            } else {
                pages.append([key])
            }
        }
        return pages
    }

    /// What is to be done with a dumped key.
    package enum Return: Sendable, Equatable {
        /// It is there, as it was or younger, or its end has come.
        case stays
        /// There is none.
        case missing
        /// What is there is older, or goes back.
        case replaced
        /// So many members are missing.
        case members(Int)
    }

    /// What a key would be given back.
    package mutating func fate(of dumped: DumpedKey, in keys: Keys, now: Int64) throws(RedisError) -> Return {
        guard let rule = keys.rule(of: dumped.key), rule != .passing else { return .stays }
        if let end = dumped.expiresMilliseconds, end <= now { return .stays }
        guard let query = VALUE(dumped.key, type: try ask(TYPE(dumped.key))), let present = try ask(query)?.value else {
            return .missing
        }
        guard present != dumped.value else { return .stays }
        switch (rule, present, dumped.value) {
        case (.replaced, _, _): return .replaced
        case (.younger(let field), .hash(let present), .hash(let dumped)):
            let (known, other) = (present[field].flatMap { Int64($0) } ?? 0, dumped[field].flatMap { Int64($0) } ?? 0)
            return other > known ? .replaced : .stays
        case (.members, .sortedSet(let present), .sortedSet(let dumped)):
            let missing = dumped.keys.count { present[$0] == nil }
            return missing > 0 ? .members(missing) : .stays
        default: return .stays
        }
    }

    /// Gives a dumped key back as its rule says.
    /// - Returns: what was done.
    package mutating func giveBack(_ dumped: DumpedKey, in keys: Keys, now: Int64) throws(RedisError) -> Return {
        let fate = try fate(of: dumped, in: keys, now: now)
        switch fate {
        case .stays: break
        case .members:
            guard case .sortedSet(let scores) = dumped.value else { break }
            let all = scores.map { (member: $0.key, score: $0.value) }
            for start in stride(from: 0, to: all.count, by: 500) {
                _ = try ask(ZADDNX(dumped.key, Array(all[start..<min(start + 500, all.count)])))
            }
        case .missing, .replaced:
            // Put together under another name: nobody sees half of it, and who is killed leaves what passes by itself.
            let draft = keys.draft(of: dumped.key)
            _ = try ask(DEL(draft))
            try ask(WRITEVALUE(draft, dumped.value, expiresMilliseconds: dumped.expiresMilliseconds))
            try ask(RENAME(draft, to: dumped.key))
        }
        return fate
    }
}

extension RedisConnection {
    /// Hands out what was said last under each dispatch key.
    package mutating func conversations(
        of keys: Keys, _ body: (DispatchKey, DumpedKey) throws -> Void
    ) throws {
        var position: String? = SCAN.start, seen: Set<RedisKey> = []
        while let from = position {
            let page = try ask(SCAN(keys.allConversations, from: from, count: 500))
            position = page.next
            for key in page.keys where seen.insert(key).inserted {
                guard let name = keys.dispatchKey(ofConversation: key), let found = try ask(VALUE.list(key)) else {
                    continue
                }
                try body(name, DumpedKey(key, found.value))
            }
        }
    }
}
