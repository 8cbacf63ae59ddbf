internal import Domain

/// What of a stretch of a client's own file may be kept as the client wrote it.
package struct KeptBytes: Sendable, Equatable {
    package var bytes: [UInt8] = []
    /// What is not in them, in order.
    package var cuts: [Cut] = []

    package init() {}

    package init(bytes: [UInt8], cuts: [Cut] = []) {
        self.bytes = bytes
        self.cuts = cuts
    }

    /// A part of the file of which not all is kept.
    package struct Cut: Sendable, Equatable, Codable {
        package var from: Int64
        package var to: Int64
        package var reason: String
        /// How many of its bytes are kept: none of a line that was not to be recorded, all but the private words of another.
        package var kept: Int64

        package init(_ range: Range<Int64>, _ reason: String, kept: Int64) {
            from = range.lowerBound
            to = range.upperBound
            self.reason = reason
            self.kept = kept
        }

        /// It was kept and is lost; where its file still has it, it is kept anew.
        package var isLoss: Bool { kept == 0 && KeptBytes.lossReasons.contains(reason) }

        /// Bytes of which nothing is kept.
        package var excluded: Int64 { max(0, to - from - kept) }
    }

    package static let privateReason = "marked as private"
    /// Of a segment that nobody could read.
    package static let damagedReason = "damaged, and taken out"
    /// The same while something was forgotten that might have stood in it.
    package static let damagedAsForgottenReason = "damaged, and taken out when something was forgotten"
    private static let lossReasons: Set = [damagedReason, damagedAsForgottenReason]

    /// - Parameter isLine: its line break stays, whatever goes: the next line must not become a part of it.
    mutating func add(_ part: ArraySlice<UInt8>, _ range: Range<Int64>, isLine: Bool = false) {
        let end = isLine && part.last == 10 ? part.suffix(1) : []
        guard var rest = PrivateMarks.dropped(from: part.dropLast(end.count)) else { return bytes += part }
        rest += end
        bytes += rest
        cuts.append(Cut(range, Self.privateReason, kept: Int64(rest.count)))
    }

    mutating func leaveOut(_ range: Range<Int64>, _ reason: String) {
        if let last = cuts.last, last.to == range.lowerBound, last.reason == reason, last.kept == 0 {
            cuts[cuts.count - 1].to = range.upperBound
        } else {
            cuts.append(Cut(range, reason, kept: 0))
        }
    }

    /// Of a file that is no transcript: all of it, unless it was written while recording was off.
    /// - Parameter written: when it was written last, ms since 1970.
    package static func of(
        _ bytes: [UInt8], at position: Int64, written: Int64, _ exclusions: inout Exclusions
    ) -> KeptBytes {
        var kept = KeptBytes()
        let range = position..<position + Int64(bytes.count)
        var message = Message(type: "", at: range)
        message.at = ISOTime.text(written)
        if let reason = exclusions.reason(for: message) {
            kept.leaveOut(range, reason)
        } else {
            kept.add(bytes[...], range)
        }
        return kept
    }

    /// How many of the bytes come before a position of the file. Of a cut that it lies in, what is kept counts as before it.
    private func count(before position: Int64, from start: Int64) -> Int {
        let excluded = cuts.filter { $0.from < position }.reduce(0) {
            $0 + ($1.to <= position ? $1.excluded : position - $1.from - $1.kept)
        }
        return Int(min(max(0, position - start - max(0, excluded)), Int64(bytes.count)))
    }

    /// What of it is kept of a stretch of the file.
    /// - Parameter start: where in the file this begins.
    package func part(_ range: Range<Int64>, from start: Int64) -> [UInt8] {
        Array(
            bytes[
                count(
                    before: range.lowerBound, from: start)..<max(
                        count(before: range.lowerBound, from: start), count(before: range.upperBound, from: start))])
    }

    /// What of it is more than what was kept of its beginning.
    /// - Parameters:
    ///   - beginning: filtered by itself, without what follows.
    ///   - range: of the rest, in the file.
    package func rest(after beginning: KeptBytes, _ range: Range<Int64>) -> KeptBytes {
        if let cut = cuts.first, cut.kept == 0, bytes.isEmpty {
            return KeptBytes(bytes: [], cuts: [Cut(range, cut.reason, kept: 0)])
        }
        // A tag may begin in the one and end in the other.
        let common = zip(bytes, beginning.bytes).prefix { $0 == $1 }.count
        let rest = Array(bytes[common...])
        guard rest.count < range.count else { return KeptBytes(bytes: rest) }
        return KeptBytes(bytes: rest, cuts: [Cut(range, cuts.first?.reason ?? "", kept: Int64(rest.count))])
    }

    /// What of it lies behind a position.
    package func rest(after position: Int64, from start: Int64) -> KeptBytes {
        KeptBytes(
            bytes: Array(bytes[count(before: position, from: start)...]), cuts: cuts.filter { $0.from >= position })
    }

    /// The same without any of its bytes.
    package static func nothing(of range: Range<Int64>, _ reason: String) -> KeptBytes {
        var kept = KeptBytes()
        kept.leaveOut(range, reason)
        return kept
    }

    /// Of what was kept before, here or elsewhere, what may still be.
    /// - Parameters:
    ///   - name: of the file.
    ///   - range: which part of it this is.
    package func remaining(
        of name: String, _ range: Range<Int64>, by source: any TranscriptSource, _ exclusions: Exclusions
    ) -> KeptBytes {
        if exclusions.isForgotten(file: name) { return Self.nothing(of: range, Tombstone.reason) }
        guard source.isTranscript(name), !exclusions.isEmpty else { return self }
        var exclusions = exclusions
        return without(from: range.lowerBound, to: range.upperBound) { line in
            source.kept(Array(line), at: range.lowerBound, &exclusions).bytes.isEmpty
        } ?? self
    }

    /// The same without some of its lines.
    /// - Parameters:
    ///   - start: where in the file this begins.
    ///   - end: where it ends.
    /// - Returns: nil where none of them goes.
    package func without(from start: Int64, to end: Int64, _ isForgotten: (ArraySlice<UInt8>) -> Bool) -> KeptBytes? {
        var rest = KeptBytes(), position = start, place = 0, hasChanged = false
        var cuts = self.cuts[...]
        while place < bytes.count {
            while let cut = cuts.first, cut.kept == 0, cut.from <= position {
                rest.cuts.append(cut)
                position = max(position, cut.to)
                cuts.removeFirst()
            }
            let lineEnd = bytes[place...].firstIndex(of: 10).map { $0 + 1 } ?? bytes.count
            // A line of which a part was cut stands in the file with that.
            let own = cuts.first.flatMap { $0.from == position && $0.kept > 0 ? $0 : nil }
            let length = own.map { $0.to - $0.from } ?? Int64(lineEnd - place)
            if own != nil { cuts.removeFirst() }
            if isForgotten(bytes[place..<lineEnd]) {
                rest.leaveOut(position..<position + length, Tombstone.reason)
                hasChanged = true
            } else {
                rest.bytes += bytes[place..<lineEnd]
                if let own { rest.cuts.append(own) }
            }
            place = lineEnd
            position += length
        }
        rest.cuts += cuts
        return hasChanged ? rest : nil
    }
}
