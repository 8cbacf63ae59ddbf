package import Domain
internal import GRDB

/// What a look at segments found.
package struct SegmentCheck: Sendable, Equatable {
    package var checked = 0
    /// Bytes of what is kept.
    package var bytes: Int64 = 0
    package var damaged: [DamagedSegment] = []
    /// The last that was looked at; nil at the end.
    package var last: Int64?
}

/// A segment that is not what was kept, and what is at risk by that.
package struct DamagedSegment: Sendable, Equatable {
    package var segment: String
    package var session: SessionID?
    package var file: String
    package var range: Range<Int64>
    package var reason: String
}

extension Vault {
    /// Reads segments and compares them with their SHA-256. Those that differ are marked; a mark goes when the segment can be
    /// read again, as when its disk is back.
    /// - Parameter after: the last of the page before; nil begins.
    package func verify(after: Int64? = nil, limit: Int = .max) throws(VaultError) -> SegmentCheck {
        let page = try read { try Segment.page(after: after ?? 0, limit: min(limit, 1_000_000), $0) }
        var check = SegmentCheck()
        for segment in page {
            var damage = ""
            do throws(VaultError) {
                check.bytes += Int64(try content(of: segment).count)
            } catch {
                // What cannot be read for want of its key, or now, is not called damaged.
                guard case .damaged(_, let reason) = error else { throw error }
                damage = reason
                check.damaged.append(try damaged(segment, reason))
            }
            check.checked += 1
            if damage != segment.damage {
                let found = damage
                try write {
                    try $0.execute(
                        sql: "UPDATE segment SET damage = ? WHERE number = ?", arguments: [found, segment.number])
                }
            }
        }
        check.last = page.count < limit ? nil : page.last?.number
        return check
    }

    /// Those that the last look at each found damaged.
    package func damaged() throws(VaultError) -> [DamagedSegment] {
        let numbers = try read { try Int64.fetchAll($0, sql: "SELECT number FROM segment WHERE damage <> ''") }
        var found: [DamagedSegment] = []
        for number in numbers {
            let segment = try read { try Segment.page(after: number - 1, limit: 1, $0) }.first
            if let segment { found.append(try damaged(segment, segment.damage)) }
        }
        return found
    }

    private func damaged(_ segment: Segment, _ reason: String) throws(VaultError) -> DamagedSegment {
        let row = try read { database in
            try Row.fetchOne(
                database,
                sql: "SELECT session, name FROM file WHERE number = (SELECT file FROM generation WHERE number = ?)",
                arguments: [segment.owner])
        }
        let session: String = row?["session"] ?? "", name: String = row?["name"] ?? ""
        return DamagedSegment(
            segment: segment.name, session: SessionID(rawValue: session), file: name, range: segment.range,
            reason: reason)
    }
}
