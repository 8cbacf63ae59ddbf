/// Addresses on the page.
enum PageLink {
    /// - Parameter terms: in their order; empty ones are left out.
    static func to(_ fragment: String, _ terms: [(name: String, value: String)]) -> String {
        let written = terms.filter { !$0.value.isEmpty }.map { "\($0.name)=\(encoded($0.value, spaceIsPlus: true))" }
        return "/" + (written.isEmpty ? "" : "?" + written.joined(separator: "&")) + "#" + fragment
    }

    /// Percent-encoded whole, slashes too: one part of a path.
    static func part(_ text: String) -> String { encoded(text, spaceIsPlus: false) }

    private static func encoded(_ text: String, spaceIsPlus: Bool) -> String {
        var encoded = ""
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                encoded.unicodeScalars.append(Unicode.Scalar(byte))
            case UInt8(ascii: " ") where spaceIsPlus: encoded += "+"
            default:
                encoded += "%\(byte < 16 ? "0" : "")\(String(byte, radix: 16, uppercase: true))"
            }
        }
        return encoded
    }
}
