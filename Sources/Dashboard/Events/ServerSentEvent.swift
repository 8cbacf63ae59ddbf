/// One event as browsers take it from an `EventSource`.
package struct ServerSentEvent: Equatable, Sendable {
    package var id: String?
    /// `status` or `change`.
    package var event: String
    package var data: String

    package init(id: String? = nil, event: String, data: String) {
        self.id = id
        self.event = event
        self.data = data
    }

    /// The event on the wire. What could end a line early is taken out of id and name, and splits the data, as
    /// the client joins the lines again.
    var frame: String {
        var frame = ""
        if let id { frame += "id: \(Self.oneLine(id))\n" }
        frame += "event: \(Self.oneLine(event))\n"
        guard data.utf8.contains(UInt8(ascii: "\r")) || data.utf8.contains(UInt8(ascii: "\n")) else {
            return frame + "data: \(data)\n\n"
        }
        // By scalars: "\r\n" is one character, and a break all the same.
        var line = "data: ", last: Unicode.Scalar = " "
        for scalar in data.unicodeScalars {
            defer { last = scalar }
            switch scalar {
            case "\n" where last == "\r": continue
            case "\r", "\n":
                frame += line + "\n"
                line = "data: "
            default: line.unicodeScalars.append(scalar)
            }
        }
        return frame + line + "\n\n"
    }

    private static func oneLine(_ text: String) -> String {
        var line = ""
        // A NUL in an id makes clients forget it.
        line.unicodeScalars += text.unicodeScalars.filter { $0 != "\r" && $0 != "\n" && $0 != "\0" }
        return line
    }
}
