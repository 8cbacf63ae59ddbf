internal import Domain
internal import Platform
internal import Storage
internal import Transcripts

/// Hands the bytes of a transcript to the vault, before anybody counts them as captured. Where that fails the companion takes
/// them from the transcript, as it does with history.
struct VaultHandover {
    private let transcript: any Transcript
    private let source: any TranscriptSource
    private let job: TranscriptCapture.Job
    private let intake: Intake
    private var exclusions: Exclusions
    /// Where the session is, as it is now: its folder may be gone before the vault takes in what is handed over.
    private var place: Intake.Part.Place?

    /// Of a part, in bytes, unless one line is longer: a capturer holds no more of a session than that.
    static let partSize: Int64 = 2 << 20

    init(
        of transcript: any Transcript, _ source: any TranscriptSource, _ job: TranscriptCapture.Job,
        _ exclusions: Exclusions, to intake: Intake
    ) {
        self.transcript = transcript
        self.source = source
        self.job = job
        self.intake = intake
        self.exclusions = exclusions
    }

    /// Part by part, each behind the one before.
    mutating func add(_ span: EpisodeSpan) {
        guard span.from.generation == span.to.generation, intake.hasRoom else { return }
        var from = span.from
        // Behind one that could not be kept others would leave a hole.
        while from.offset < span.to.offset, let to = add(from: from, in: span) { from = to }
    }

    /// - Returns: the cursor of its end; nil where it is not kept.
    private mutating func add(from: Cursor, in span: EpisodeSpan) -> Cursor? {
        guard let bytes = lines(from.offset..<span.to.offset) else { return nil }
        let end = from.offset + Int64(bytes.count)
        let read = end == span.to.offset ? span.to : try? transcript.cursor(at: end, generation: from.generation)
        // They are read a second time: what was written over meanwhile is another generation's.
        guard let to = read, (try? transcript.following(span.to)) == span.to else { return nil }
        let kept = source.kept(bytes, at: from.offset, &exclusions)
        var part = Intake.Part(
            session: job.origin.session, name: SessionFile.name(of: span.path, in: job.origin.session), path: span.path,
            configDirectory: job.request.configDirectory, host: job.origin.host, from: from, to: to, cuts: kept.cuts)
        let place = place ?? source.whereabouts(of: span.path)
        self.place = place
        part.place = place
        do throws(FileError) {
            try intake.add(part, kept.bytes, now: HostClock.wallMilliseconds)
            return to
        } catch {
            return nil
        }
    }

    /// Whole lines from the beginning of a stretch on, as many as one part holds.
    private func lines(_ stretch: Range<Int64>) -> [UInt8]? {
        var size = Self.partSize
        while true {
            let piece = stretch.prefix(Int(size))
            guard var bytes = (try? transcript.bytes(at: piece)) ?? nil, bytes.count == piece.count else { return nil }
            if piece.endIndex == stretch.endIndex { return bytes }
            if let lineBreak = bytes.lastIndex(of: 10) {
                bytes.removeLast(bytes.count - lineBreak - 1)
                return bytes
            }
            size *= 2
        }
    }
}
