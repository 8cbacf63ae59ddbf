package import Domain
internal import GRDB
internal import Platform

/// What a look at segments found.
package struct SegmentCheck: Sendable, Equatable {
    package var checked = 0
    /// Bytes of what is kept.
    package var bytes: Int64 = 0
    package var damaged: [DamagedSegment] = []
    /// Such as nobody can say anything of: the key that they are encrypted with is not here.
    package var locked: [DamagedSegment] = []
    /// The last that was looked at; nil at the end.
    package var last: Int64?

    package init() {}

    package static func += (sum: inout SegmentCheck, page: SegmentCheck) {
        sum.checked += page.checked
        sum.bytes += page.bytes
        sum.damaged += page.damaged
        sum.locked += page.locked
        sum.last = page.last
    }
}

/// A segment that is not what was kept, and what is at risk by that.
package struct DamagedSegment: Sendable, Equatable {
    var number: Int64
    package var segment: String
    package var session: SessionID?
    package var file: String
    package var range: Range<Int64>
    package var reason: String
}

/// How far the companion has read the vault: all of it again and again, in small steps.
package struct VaultReading: Sendable, Equatable, Codable {
    /// The segment that was read last; nil before the first, and after the last.
    package var last: Int64?
    /// Of this reading, or of the last, ms since 1970.
    package var begunMilliseconds: Int64 = 0
    /// When all had been read, ms since 1970; nil before that.
    package var doneMilliseconds: Int64?

    package init() {}
}

extension Vault {
    /// Reads segments and compares them with their SHA-256 and what the index says of them. Those that differ are marked; a
    /// mark goes when the segment can be read again, as when its disk is back. Where the index alone is wrong the next who
    /// opens the vault makes it anew.
    /// - Parameter after: the last of the page before; nil begins.
    package func verify(after: Int64? = nil, limit: Int = .max) throws(VaultError) -> SegmentCheck {
        let limit = min(limit, 1_000_000)
        let page = try read { try Segment.page(after: after ?? 0, limit: limit, $0) }
        var check = SegmentCheck()
        for segment in page { try verify(segment, &check) }
        check.last = page.count < limit ? nil : page.last?.number
        return check
    }

    /// Reads on where the last call ended, for so long, and begins again when `pause` has gone by since it began.
    /// - Parameters:
    ///   - now: ms since 1970.
    ///   - pause: ms.
    package func verify(for limit: Duration, now: Int64, pause: Int64) throws(VaultError) -> SegmentCheck {
        var reading = try reading() ?? VaultReading()
        var check = SegmentCheck()
        let isDone = reading.doneMilliseconds.map { $0 >= reading.begunMilliseconds } ?? false
        // A clock that was put back is no reason to wait.
        if isDone, (0..<pause).contains(now - reading.begunMilliseconds) { return check }
        if isDone || reading.last == nil { (reading.last, reading.begunMilliseconds) = (nil, now) }
        let watch = Stopwatch(limit: limit)
        repeat {
            let page = try verify(after: reading.last, limit: 1)
            check += page
            reading.last = page.last
            if page.last == nil { reading.doneMilliseconds = max(now, reading.begunMilliseconds) }
        } while reading.last != nil && !watch.isOver
        let text: String
        do { text = try JSONValue(encoding: reading).text } catch { throw VaultError(error) }
        try write { try $0.execute(sql: "INSERT OR REPLACE INTO meta VALUES ('verified', ?)", arguments: [text]) }
        return check
    }

    /// - Returns: nil where the companion has read nothing yet.
    package func reading() throws(VaultError) -> VaultReading? { try read { try VaultReading($0) } }

    private func verify(_ segment: Segment, _ check: inout SegmentCheck) throws(VaultError) {
        var damage = ""
        do throws(VaultError) {
            check.bytes += Int64(try provenContent(of: segment).count)
        } catch {
            // It may have been taken out meanwhile, grown into another, or been moved.
            guard try isThere(segment) else { return }
            switch error {
            case .damaged(_, let reason):
                damage = reason
                if try isElsewhere(segment) { markIndexDamaged() }
                check.damaged.append(try damaged(segment, reason))
            case .locked(let reason): check.locked.append(try damaged(segment, reason))
            default: throw error
            }
        }
        check.checked += 1
        if damage != segment.damage, check.locked.last?.number != segment.number { try note(damage, of: segment) }
    }

    /// What is damaged is not called kept: its file is looked at again.
    func note(_ damage: String, of segment: Segment) throws(VaultError) {
        try write { database in
            try database.execute(
                sql: "UPDATE segment SET damage = ? WHERE number = ? AND sha256 = ? AND pack = ? AND offset = ?",
                arguments: [damage, segment.number, segment.sha256, segment.place.pack, segment.place.offset])
            if damage.isEmpty { return }
            try database.execute(
                sql: "DELETE FROM seen WHERE path = (SELECT path FROM generation WHERE number = ?)",
                arguments: [segment.owner])
        }
    }

    /// Whether a pack holds, sound, what the index looks for in vain.
    func isElsewhere(_ segment: Segment) throws(VaultError) -> Bool {
        guard let owner = try read({ try Generation.one(segment.owner, $0) }) else { return true }
        for pack in try disk({ () throws(FileError) in try packs.packs() }) {
            for (head, place) in try packs.segments(of: pack).found {
                let isSame =
                    head.session == owner.session.rawValue && head.name == owner.name
                    && head.generation == owner.generation && head.from == segment.range.lowerBound
                    && head.sha256 == segment.sha256
                guard isSame || place == segment.place else { continue }
                if try isReadable(head, place) { return true }
            }
        }
        return false
    }

    private func isThere(_ segment: Segment) throws(VaultError) -> Bool {
        guard let found = try read({ try Segment.page(after: segment.number - 1, limit: 1, $0) }).first else {
            return false
        }
        return found.isSame(as: segment) && found.place == segment.place
    }

    /// The content, when all that its head says is what the index says.
    func provenContent(of segment: Segment) throws(VaultError) -> [UInt8] {
        let content = try content(of: segment)
        guard let owner = try read({ try Generation.one(segment.owner, $0) }) else { return content }
        let bytes = try disk { () throws(FileError) in try packs.read(segment.place) }
        guard let head = Frame.head(of: bytes[...])?.head, try isThere(segment) else { return content }
        guard head.session == owner.session.rawValue, head.name == owner.name, head.generation == owner.generation,
            head.kept == segment.kept, head.tail == segment.tail, head.cuts == segment.cuts,
            head.isSealed == segment.isSealed
        else {
            throw .damaged(segment: segment.name, reason: "the index says something else of it")
        }
        return content
    }

    package var isEmpty: Bool {
        get throws(VaultError) {
            try read { try !(Bool.fetchOne($0, sql: "SELECT EXISTS (SELECT 1 FROM segment)") ?? false) }
        }
    }

    /// Whether the index says all that it says lies in the packs: a row that is gone takes its segment with it. Where it does
    /// not, the next who opens the vault makes it anew.
    package func isAgreed() throws(VaultError) -> Bool {
        let isAgreed = try read { database in
            try
                !(Bool.fetchOne(
                    database,
                    sql: """
                        SELECT EXISTS (SELECT 1 FROM pack WHERE bytes - dead <>
                            (SELECT coalesce(sum(length), 0) FROM segment WHERE segment.pack = pack.number))
                        OR EXISTS (SELECT 1 FROM segment WHERE generation NOT IN (SELECT number FROM generation))
                        OR EXISTS (SELECT 1 FROM generation WHERE file NOT IN (SELECT number FROM file))
                        """) ?? true)
        }
        if !isAgreed { markIndexDamaged() }
        return isAgreed
    }

    /// Packs that the index names, and that are not there.
    package func missingPacks() throws(VaultError) -> [String] {
        let named = try read { try Int64.fetchAll($0, sql: "SELECT DISTINCT pack FROM segment ORDER BY pack") }
        return named.filter { !Files.exists(packs.file($0)) }.map(PackFolder.name(of:))
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
        let session: String, name: String
        do {
            session = try row?.decode(forColumn: "session") ?? ""
            name = try row?.decode(forColumn: "name") ?? ""
        } catch {
            throw VaultError(error)
        }
        return DamagedSegment(
            number: segment.number, segment: segment.name, session: SessionID(rawValue: session), file: name,
            range: segment.range,
            reason: reason)
    }
}

extension VaultReading {
    init?(_ database: Database) throws {
        let text = try String.fetchOne(database, sql: "SELECT value FROM meta WHERE name = 'verified'")
        guard let text, let found = try? JSONValue(parsing: text).decode(VaultReading.self) else { return nil }
        self = found
    }
}
