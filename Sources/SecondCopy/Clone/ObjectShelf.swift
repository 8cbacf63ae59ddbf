/// Opened objects, the latest few: items lie close together, and each object is opened once where they do.
struct ObjectShelf {
    let seal: Seal
    let transport: any CopyTransport
    /// Names of those that are stored.
    let there: Set<String>

    /// The latest last.
    private var opened: [(name: String, bytes: [UInt8])] = []
    private var refused: [String: CopyError] = [:]
    /// 32 MB each at most, by default.
    private static let room = 3

    init(_ seal: Seal, _ transport: any CopyTransport, there: Set<String>) {
        self.seal = seal
        self.transport = transport
        self.there = there
    }

    mutating func bytes(of part: ItemPart) async throws(CopyError) -> [UInt8] {
        let object = try await object(part.object)
        guard part.offset + part.length <= object.count else {
            throw .damaged(name: StoredName.object(part.object).text, reason: "it is shorter than was told of it")
        }
        return Array(object[part.offset..<part.offset + part.length])
    }

    mutating func object(_ name: String) async throws(CopyError) -> [UInt8] {
        if let index = opened.firstIndex(where: { $0.name == name }) {
            let found = opened.remove(at: index)
            opened.append(found)
            return found.bytes
        }
        if let error = refused[name] { throw error }
        do throws(CopyError) {
            let bytes = try await read(name)
            if opened.count >= Self.room { opened.removeFirst() }
            opened.append((name, bytes))
            return bytes
        } catch {
            // What is damaged does not get better by reading it for each item that lies in it.
            switch error {
            case .damaged, .locked, .newer: refused[name] = error
            default: break
            }
            throw error
        }
    }

    private func read(_ name: String) async throws(CopyError) -> [UInt8] {
        let stored = StoredName.object(name)
        guard there.contains(name) else { throw .damaged(name: stored.text, reason: "it is missing") }
        try await transport.prepare([stored])
        guard let bytes = try await transport.read([stored])[stored] else {
            throw .damaged(name: stored.text, reason: "it is missing")
        }
        return try seal.opened(bytes, named: name, at: stored.text)
    }
}
