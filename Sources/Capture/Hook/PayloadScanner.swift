/// Reads the strings that stand at the top of a JSON object.
///
/// A hook needs some short fields of a payload that may hold megabytes. `JSONDecoder` takes 0.3 ms before it reads the
/// first byte, and gives up on a lone surrogate in a prompt or on a payload that was cut; this takes what is there.
enum PayloadScanner {
    /// - Returns: the wanted fields that are strings; nil when this is no object. A value that was cut is no value.
    static func strings(of bytes: [UInt8], named wanted: Set<String>) -> [String: String]? {
        unsafe bytes.withUnsafeBufferPointer { buffer in
            guard let text = unsafe JSONText(buffer) else { return nil }
            let start = text.skipSpace(0)
            guard start < text.count, text[start] == UInt8(ascii: "{") else { return nil }
            var fields: [String: String] = [:]
            _ = text.members(of: start) { name, value in
                let name = text.raw(name)
                guard wanted.contains(name), let string = text.string(value) else { return }
                fields[name] = string
            }
            return fields
        }
    }
}
