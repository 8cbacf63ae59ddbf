/// How far one transcript file is captured: the hash `cursor:<file id>`.
package struct CursorRecord: Sendable, Equatable {
    package enum Field: String, CaseIterable, Sendable {
        case path, offset, generation
        case tailHash = "tail_sha256"
        case capturedAt = "captured_at"
    }

    package var path = ""
    package var cursor = Cursor()
    /// ISO 8601.
    package var capturedAt: String?

    package init(path: String, cursor: Cursor) {
        self.path = path
        self.cursor = cursor
    }

    package init(fields hash: [String: String]) {
        let fields = RecordFields<Field>(hash)
        path = fields.text(.path)
        // What no file can have is read as the beginning, as `position` of the scripts reads it: the file is read anew.
        func position(_ field: Field) -> Int64 { max(0, fields.whole(field) ?? 0) }
        cursor = Cursor(
            offset: position(.offset), generation: position(.generation), tailHash: fields.text(.tailHash))
        capturedAt = fields[.capturedAt]
    }

    package var fields: [String: String] {
        var fields = RecordFields<Field>()
        fields[.path] = path
        fields.set(.offset, cursor.offset)
        fields.set(.generation, cursor.generation)
        fields[.tailHash] = cursor.tailHash
        fields[.capturedAt] = capturedAt
        return fields.hash
    }
}
