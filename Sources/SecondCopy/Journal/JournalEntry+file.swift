internal import Domain

/// An entry as a stored file.
extension JournalEntry {
    /// - Returns: the file's name and bytes, and the name of the folder.
    func closed(by seal: Seal) throws(CopyError) -> (name: StoredName, bytes: [UInt8]) {
        let text: String
        do {
            text = try JSONValue(encoding: self).text
        } catch {
            throw .unavailable(reason: "entry \(number) of the journal cannot be written: \(error)")
        }
        let file = try seal.closed(Array(text.utf8))
        return (.entry(folder: seal.names(of: host)[0], number: number, object: file.name), file.bytes)
    }

    /// - Throws: `newer` before all else is looked at, `locked`, `damaged`.
    init(
        opening bytes: [UInt8], folder: String, number: Int, object: String, by seal: Seal
    ) throws(CopyError) {
        let place = StoredName.entry(folder: folder, number: number, object: object).text
        let text = String(decoding: try seal.opened(bytes, named: object, at: place), as: UTF8.self)
        do {
            let value = try JSONValue(parsing: text)
            if let format = value["format"]?.count, format > Int64(Self.format) {
                throw CopyError.newer(format: Int(format), known: Self.format)
            }
            self = try value.decode()
        } catch let error as CopyError {
            throw error
        } catch {
            throw .damaged(name: place, reason: "it is no entry of a journal (\(error))")
        }
        // A host's word counts in its own folder only, and where it stands in the order.
        guard self.number == number, seal.names(of: host).contains(folder) else {
            throw .damaged(name: place, reason: "it is an entry of another place")
        }
        guard changes.allSatisfy(\.isSound) else {
            throw .damaged(name: place, reason: "it tells what cannot be")
        }
    }
}
