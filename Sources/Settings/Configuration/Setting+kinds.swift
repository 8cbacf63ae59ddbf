internal import Domain

/// What a setting may be: text, number, choice, …; each checks what it is given.
extension Setting {
    // Key paths to stored properties of a value are sendable; their type does not say so by itself.
    static func text(
        _ path: String, _ member: any WritableKeyPath<Configuration, String> & Sendable, why: String, allowed: String,
        isAllowed: @escaping @Sendable (String) -> Bool
    ) -> Setting {
        Setting(path: path, why: why, allowed: allowed) {
            guard case .string(let value) = $0, isAllowed(value) else { return false }
            $1[keyPath: member] = value
            return true
        } read: {
            .string($0[keyPath: member])
        }
    }

    static func file(
        _ path: String, _ member: any WritableKeyPath<Configuration, String> & Sendable, why: String
    ) -> Setting {
        text(path, member, why: why, allowed: "an absolute path, or empty") { $0.isEmpty || $0.hasPrefix("/") }
    }

    static func number(
        _ path: String, _ member: any WritableKeyPath<Configuration, Int64> & Sendable, _ range: ClosedRange<Int64>,
        why: String
    ) -> Setting {
        let allowed = "a whole number from \(range.lowerBound) to \(range.upperBound)"
        return Setting(path: path, why: why, allowed: allowed) {
            guard let value = $0.wholeNumber, range.contains(value) else { return false }
            $1[keyPath: member] = value
            return true
        } read: {
            .number(Double($0[keyPath: member]))
        }
    }

    static func patterns(
        _ path: String, _ member: any WritableKeyPath<Configuration, [String: String]> & Sendable, why: String
    ) -> Setting {
        let allowed =
            "an object of POSIX extended regular expressions without back-references, by kind ([a-z0-9-]{1,32})"
        return Setting(path: path, why: why, allowed: allowed) {
            guard case .object(let members) = $0 else { return false }
            var patterns: [String: String] = [:]
            for (kind, value) in members {
                guard case .string(let pattern) = value else { return false }
                patterns[kind] = pattern
            }
            $1[keyPath: member] = patterns
            return true
        } read: {
            .object($0[keyPath: member].mapValues { .string($0) })
        }
    }

    /// What each of them may hold is checked where they are read (`Settings.sinks`).
    static func objects(
        _ path: String, _ member: any WritableKeyPath<Configuration, [JSONValue]> & Sendable, why: String
    ) -> Setting {
        Setting(path: path, why: why, allowed: "a list of objects") {
            guard case .array(let values) = $0 else { return false }
            for value in values {
                guard case .object = value else { return false }
            }
            $1[keyPath: member] = values
            return true
        } read: {
            .array($0[keyPath: member])
        }
    }

    static func choice<Choice: RawRepresentable<String> & CaseIterable & Sendable>(
        _ path: String, _ member: any WritableKeyPath<Configuration, Choice> & Sendable, why: String
    ) -> Setting {
        let names = Choice.allCases.map(\.rawValue).joined(separator: ", ")
        return Setting(path: path, why: why, allowed: names) {
            guard case .string(let name) = $0, let choice = Choice(rawValue: name) else { return false }
            $1[keyPath: member] = choice
            return true
        } read: {
            .string($0[keyPath: member].rawValue)
        }
    }

    static func texts(
        _ path: String, _ member: any WritableKeyPath<Configuration, [String: String]> & Sendable, why: String
    ) -> Setting {
        Setting(path: path, why: why, allowed: "an object of texts, each without line breaks") {
            guard case .object(let members) = $0 else { return false }
            var texts: [String: String] = [:]
            for (name, value) in members {
                guard case .string(let text) = value, !(name + text).utf8.contains(where: { $0 < 32 }) else {
                    return false
                }
                texts[name] = text
            }
            $1[keyPath: member] = texts
            return true
        } read: {
            .object($0[keyPath: member].mapValues { .string($0) })
        }
    }

    /// A list of seconds, kept in ms.
    static func seconds(
        _ path: String, _ member: any WritableKeyPath<Configuration, [Int64]> & Sendable, why: String
    ) -> Setting {
        Setting(path: path, why: why, allowed: "1 to 20 whole numbers from 1 to 2678400") {
            guard case .array(let values) = $0, (1...20).contains(values.count) else { return false }
            let numbers = values.compactMap(\.wholeNumber).filter { (1...2_678_400).contains($0) }
            guard numbers.count == values.count else { return false }
            $1[keyPath: member] = numbers.map { $0 * 1000 }
            return true
        } read: {
            .array($0[keyPath: member].map { .number(Double($0 / 1000)) })
        }
    }

    static func price(
        _ path: String, _ member: any WritableKeyPath<Configuration, Double> & Sendable, why: String
    ) -> Setting {
        Setting(path: path, why: why, allowed: "a number from 0 to 10000") {
            guard case .number(let value) = $0, (0...10_000).contains(value) else { return false }
            $1[keyPath: member] = value
            return true
        } read: {
            .number($0[keyPath: member])
        }
    }

    static func flag(
        _ path: String, _ member: any WritableKeyPath<Configuration, Bool> & Sendable, why: String
    ) -> Setting {
        Setting(path: path, why: why, allowed: "true or false") {
            guard case .bool(let value) = $0 else { return false }
            $1[keyPath: member] = value
            return true
        } read: {
            .bool($0[keyPath: member])
        }
    }
}
