internal import Domain

/// What a copy says of itself to who has no key: that it is one of ours.
struct CopyMarker: Equatable {
    static let format = 1

    var isSealed: Bool

    var bytes: [UInt8] {
        let text = JSONValue.object(["format": .number(Double(Self.format)), "sealed": .bool(isSealed)]).text
        return Array((text + "\n").utf8)
    }

    init(isSealed: Bool) { self.isSealed = isSealed }

    /// - Throws: `newer`, `foreign`.
    init(_ bytes: [UInt8]) throws(CopyError) {
        guard let value = try? JSONValue(parsing: String(decoding: bytes.prefix(4096), as: UTF8.self)),
            let format = value["format"]?.count, let isSealed = value["sealed"]?.bool
        else { throw .foreign(reason: "its file \(StoredName.markerText) is none of ours, or damaged") }
        guard format <= Int64(Self.format) else { throw .newer(format: Int(format), known: Self.format) }
        self.isSealed = isSealed
    }
}
