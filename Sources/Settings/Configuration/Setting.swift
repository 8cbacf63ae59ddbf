package import Domain

/// One setting of `holdfast.json`: where it stands, what it is for, what it may be.
package struct Setting: Sendable {
    package let path: String
    package let why: String
    package let allowed: String
    /// Takes a value over; false when it is not allowed.
    let apply: @Sendable (JSONValue, inout Configuration) -> Bool
    let read: @Sendable (Configuration) -> JSONValue

    /// A password may stand in it: never shown as it is.
    package private(set) var holdsSecret = false
    /// Whether the companion goes by it only from its next start on: what says which Redis and whose archive it works for
    /// must not change under what it has in hand.
    package private(set) var needsRestart = false

    init(
        path: String, why: String, allowed: String, apply: @escaping @Sendable (JSONValue, inout Configuration) -> Bool,
        read: @escaping @Sendable (Configuration) -> JSONValue
    ) {
        self.path = path
        self.why = why
        self.allowed = allowed
        self.apply = apply
        self.read = read
    }

    var secret: Setting {
        var setting = self
        setting.holdsSecret = true
        return setting
    }

    var untilRestart: Setting {
        var setting = self
        setting.needsRestart = true
        return setting
    }

    package var standard: JSONValue { read(Configuration()) }

    package func value(in configuration: Configuration) -> JSONValue { read(configuration) }

    func copy(from source: Configuration, to target: inout Configuration) { _ = apply(read(source), &target) }

    // Every hook reads its settings: to walk the list for each name of a file took half of that.
    static let byPath = Dictionary(uniqueKeysWithValues: all.map { ($0.path, $0) })
    /// The objects that settings stand in: `provider` for `provider.model`.
    static let groups = all.reduce(into: Set<String>()) { groups, setting in
        var path = setting.path[...]
        while let dot = path.lastIndex(of: ".") {
            path = path[..<dot]
            groups.insert(String(path))
        }
    }
}
