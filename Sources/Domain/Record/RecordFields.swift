/// The fields of a Redis hash under names that are spelled once: each record has an enum of them, and nobody else reads a
/// hash by name.
package struct RecordFields<Name: RawRepresentable<String> & CaseIterable & Sendable>: Sendable {
    private var values: [String: String]

    package init(_ values: [String: String] = [:]) { self.values = values }

    /// The hash as it goes over the wire; what is not set is left out.
    package var hash: [String: String] { values }

    /// What is set, and not empty.
    package subscript(name: Name) -> String? {
        get { values[name.rawValue].flatMap { $0.isEmpty ? nil : $0 } }
        set { values[name.rawValue] = newValue }
    }

    /// What is set, or nothing.
    package func text(_ name: Name) -> String { values[name.rawValue] ?? "" }

    /// Whether the field is there, be it empty.
    package func has(_ name: Name) -> Bool { values[name.rawValue] != nil }

    /// A whole number. What a hand wrote there and is none of ours counts as absent: it must not stop whoever reads.
    package func whole(_ name: Name) -> Int64? { values[name.rawValue].flatMap { StoredNumber.of($0) } }

    package func flag(_ name: Name) -> Bool { values[name.rawValue] == "1" }

    package mutating func set(_ name: Name, _ value: Int64?) { values[name.rawValue] = value.map { String($0) } }
    package mutating func set(_ name: Name, _ value: Bool) { values[name.rawValue] = value ? "1" : "0" }

    /// A text that is left out where it is empty.
    package mutating func set(_ name: Name, orNothing value: String) {
        values[name.rawValue] = value.isEmpty ? nil : value
    }
}
