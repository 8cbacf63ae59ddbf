import Domain
import Glibc
import Platform
import Redaction
import Transcripts

/// A client that there is not, to see that another one could be: it keeps `<home>/.notebook/books/<session>.book`, one JSON
/// array that is written as a whole each time. Positions count its elements; a cursor's hash is that of the element
/// before it.
struct Notebook: TranscriptSource {
    func configDirectory(_ environment: [String: String]) -> String { (environment["HOME"] ?? "") + "/.notebook" }

    func claims(_ path: String) -> Bool { path.contains("/.notebook") }

    func storage(in configDirectory: String) -> String { configDirectory + "/books" }

    func isTranscript(_ name: String) -> Bool { name.hasSuffix(".book") }

    func files(in configDirectory: String) -> [TranscriptFile] {
        let storage = storage(in: configDirectory)
        return ((try? Files.names(in: storage)) ?? []).sorted().compactMap {
            file(storage + "/" + $0, in: configDirectory)
        }
    }

    func file(_ path: String, in configDirectory: String) -> TranscriptFile? {
        guard isTranscript(path), let status = try? Files.status(path) else { return nil }
        var file = file(named: path)
        file.configDirectory = configDirectory
        file.size = Int64(status.st_size)
        file.modifiedMilliseconds = Int64(status.st_mtim.tv_sec) * 1000
        return file
    }

    func file(named path: String) -> TranscriptFile {
        let name = path.split(separator: "/").last?.dropLast(5) ?? ""
        return TranscriptFile(
            path: path, configDirectory: "", session: SessionID(rawValue: String(name)), agentID: nil)
    }

    func subagents(of transcript: String) -> [TranscriptFile] { [] }

    func isPlausible(_ path: String, for session: SessionID, in configDirectory: String) -> Bool {
        path == self.path(of: session, in: configDirectory)
    }

    func isPlausibleSubagent(_ path: String, in configDirectory: String) -> Bool { false }

    private func path(of session: SessionID, in configDirectory: String) -> String {
        "\(storage(in: configDirectory))/\(session).book"
    }

    func find(
        _ session: SessionID, in configDirectory: String, hint: String, storageMark: String
    ) -> TranscriptPresence {
        let path = path(of: session, in: configDirectory)
        return Files.isRegularFile(path) ? .found(path: path) : .absent
    }

    func hasMessages(_ path: String, from start: Int64) -> Bool { end(of: path) ?? 0 > start }

    func isKept(_ transcript: String, for folder: String) -> Bool { true }

    func retentionDays(in configDirectory: String) -> Int64? { nil }

    func open(_ path: String, in configDirectory: String?) throws(TranscriptRefusal) -> any Transcript {
        guard let real = Files.realPath(path) else { throw .missing }
        return Book(path: real)
    }

    func end(of path: String) -> Int64? { (try? Book(path: path).pages()).map { Int64($0.count) } }

    func head(of path: String) -> TranscriptHead {
        TranscriptHead(sessionID: file(named: path).session?.rawValue ?? "", cwd: "/book")
    }

    func uuids(in path: String, at positions: Range<Int64>) -> Set<String> {
        let pages = (try? Book(path: path).pages()) ?? []
        return Set(pages.indices.filter { positions.contains(Int64($0)) }.compactMap { pages[$0]["id"]?.string })
    }

    func messages(in path: String, holding text: SoughtText?) -> [NamedMessage] {
        ((try? Book(path: path).pages()) ?? []).filter { page in text?.occurs(in: page.text) ?? true }.map {
            NamedMessage(uuid: $0["id"]?.string ?? "", at: $0["at"]?.string ?? "")
        }
    }

    var resumeFailure: any ResumeFailureText { BookNotFound() }
}

/// One book, read anew for each question.
final class Book: Transcript {
    let path: String

    init(path: String) {
        self.path = path
    }

    func pages() throws(FileError) -> [JSONValue] {
        let text = try Files.read(path)
        guard let pages = try? JSONValue(parsing: text).elements else { throw FileError(path: path, number: EILSEQ) }
        return pages
    }

    func end() throws(FileError) -> Int64 { Int64(try pages().count) }

    func following(_ cursor: Cursor) throws(FileError) -> Cursor {
        let pages = try pages()
        if cursor.offset == 0 || cursor.offset <= pages.count && Self.mark(pages, cursor.offset) == cursor.tailHash {
            return cursor
        }
        return Cursor(generation: cursor.generation + 1)
    }

    func cursor(at position: Int64, generation: Int64) throws(FileError) -> Cursor {
        Cursor(offset: position, generation: generation, tailHash: Self.mark(try pages(), position))
    }

    func reader(from cursor: Cursor, _ rules: ReadingRules) throws(FileError) -> any TranscriptReader {
        BookReader(book: self, position: cursor.offset, generation: cursor.generation, rules)
    }

    func holds(_ answer: AwaitedAnswer) -> Bool { false }

    static func mark(_ pages: [JSONValue], _ position: Int64) -> String {
        position > 0 ? SHA256.hexadecimal(of: pages[Int(position) - 1].text) : ""
    }
}

private struct BookReader: TranscriptReader {
    let book: Book
    private(set) var position: Int64
    private let generation: Int64
    private(set) var failure: FileError?
    private var pages: [JSONValue] = []
    private var interpretation: Interpretation

    init(book: Book, position: Int64, generation: Int64, _ rules: ReadingRules) {
        self.book = book
        self.position = position
        self.generation = generation
        interpretation = Interpretation(rules, isWhole: position == 0)
    }

    var cursor: Cursor { Cursor(offset: position, generation: generation, tailHash: Book.mark(pages, position)) }
    var statistics: TranscriptStatistics { interpretation.statistics }
    var ownWork: OwnWork? { interpretation.ownWork }
    var isHeard: Bool { interpretation.isHeard }

    mutating func next() -> TranscriptEntry? {
        do throws(FileError) { pages = try book.pages() } catch { failure = error }
        while interpretation.queue.isEmpty {
            guard position < pages.count else { return nil }
            take(pages[Int(position)])
        }
        return interpretation.queue.removeFirst()
    }

    private mutating func take(_ page: JSONValue) {
        var message = Message(type: page["by"]?.string ?? "", at: position..<position + 1)
        position += 1
        message.uuid = page["id"]?.string ?? ""
        message.hash = Checksum.fnv1a(page.text).value
        if let text = page["text"]?.string {
            let isPerson = message.type == "person"
            message.pieces = [
                .init(role: isPerson ? .user : .assistant, text: text, shortening: .whole, startsTurn: isPerson)
            ]
            if isPerson { message.firstPrompt = text }
        }
        interpretation.take(message)
    }
}

private struct BookNotFound: ResumeFailureText {
    func isIn(_ text: String) -> Bool { text.contains("no such book") }
    func isHeld(_ text: String) -> Bool { false }
    func mayBegin(_ line: String) -> Bool { "no such book".hasPrefix(line) || line.hasPrefix("no such book") }
    func isResult(_ line: String) -> Bool { false }
    func mayPrecede(_ line: String) -> Bool { line.isEmpty }
}
