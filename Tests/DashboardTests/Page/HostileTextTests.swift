import Domain
import FoundationEssentials
import Mustache
import Testing

@testable import Dashboard

/// Text of others stays text, whatever it is made of.
@Suite struct HostileTextTests {
    static let texts = [
        "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "' onfocus='alert(1)", "\u{1B}[31mred\u{1B}[0m",
        "\u{202E}gnp.exe\u{202C}", "\"\u{301} onfocus=alert(2) x=", "\"\u{200D} onfocus=alert(3)", "a\u{0}b", "\r\n\r",
        "{{sentence}}{{{sentence}}}", "&amp;", "\u{9B}31m", "\u{2028}", "</title><b>",
        // These too grow together with a quote, from before and from behind it.
        "\u{600}\" onfocus=alert(4)", "\"\u{1F3FB} onfocus=alert(5)", "\"\u{E33} onfocus=alert(6)",
        "\"\u{FF9E} onfocus=alert(7)", "\"\u{E0020} onfocus=alert(8)", "\u{110BD}<b>",
    ]

    @Test(arguments: texts)
    func appearsOnlyAsText(text: String) throws {
        let harmless = try Self.harmless.get()
        let hostile = Tags(try Self.page(with: text))
        #expect(hostile.names == harmless.names)
        #expect(hostile.attributes == harmless.attributes)
    }

    @Test(arguments: texts)
    func leavesNothingThatSteers(text: String) throws {
        for scalar in try Self.page(with: text).unicodeScalars {
            let isBidi = (0x202A...0x202E).contains(scalar.value) || (0x2066...0x2069).contains(scalar.value)
            #expect(!isBidi && (scalar == "\n" || scalar == "\t" || scalar.properties.generalCategory != .control))
        }
    }

    @Test func isShownAsItsNumber() {
        #expect(VisibleText.of("\u{1B}[31m\u{202E}\0") == "\\u{1B}[31m\\u{202E}\\u{0}")
        #expect(VisibleText.of("\"\u{301}") == "\"\\u{301}")
        #expect(VisibleText.of("<\u{200D}>\u{200C}") == "<\\u{200D}>\\u{200C}")
        #expect(VisibleText.of("e\u{301} \u{1F468}\u{200D}\u{1F33E}") == "e\u{301} \u{1F468}\u{200D}\u{1F33E}")
        #expect(VisibleText.of("a\r\nb\rc\td") == "a\nb\\u{D}c\td")
    }

    /// Why the page escapes by itself. Should this fail some day, it need not any more.
    @Test func wouldPassTheLibrarysOwnEscape() throws {
        let template = try MustacheTemplate(string: "{{text}}")
        #expect(template.render(["text": "\u{600}\""]).unicodeScalars.contains("\""))
        #expect(!Markup.escaped("\u{600}\"").unicodeScalars.contains("\""))
    }

    private static let harmless = Result { Tags(try page(with: "harmless")) }

    /// A page on which every text of others is the same.
    private static func page(with text: String) throws -> String {
        let inputs = replaced(try Samples(name: "hostile").inputs, by: text)
        // An address with a NUL asks for nothing, and nothing found is another page.
        let asked = String(String.UnicodeScalarView(text.unicodeScalars.filter { $0 != "\0" }))
        let query = PageQuery(["search": asked, "q": asked, "key": asked, "memory_key": asked])
        return try Samples.page.get().full(
            status: try Samples.status(inputs.part("status")), query: query,
            lists: try Samples.lists(inputs.part("lists")))
    }

    private static func replaced(_ value: JSONValue, by text: String) -> JSONValue {
        switch value {
        case .object(let members): .object(members.mapValues { replaced($0, by: text) })
        case .array(let elements): .array(elements.map { replaced($0, by: text) })
        case .string(let old): .string(Samples.isOurs(old) ? old : text)
        default: value
        }
    }

    /// The tags of a page and the names of their attributes, read by scalars as a browser reads them.
    struct Tags {
        var names: [String] = []
        var attributes: [String] = []

        init(_ html: String) {
            var scalars = Array(html.unicodeScalars)[...]
            while let open = scalars.firstIndex(of: "<") {
                scalars = scalars[(open + 1)...]
                names.append(Self.take(&scalars) { $0 != ">" && $0 != " " && $0 != "\n" })
                while let next = scalars.first, next != ">" {
                    if next == " " || next == "\n" || next == "/" {
                        scalars.removeFirst()
                        continue
                    }
                    attributes.append(Self.take(&scalars) { ![" ", "\n", ">", "="].contains($0) })
                    guard scalars.first == "=" else { continue }
                    scalars.removeFirst()
                    guard scalars.first == "\"" else { continue }
                    scalars.removeFirst()
                    _ = Self.take(&scalars) { $0 != "\"" }
                    scalars = scalars.dropFirst()
                }
            }
        }

        private static func take(_ scalars: inout ArraySlice<Unicode.Scalar>, while fits: (Unicode.Scalar) -> Bool)
            -> String
        {
            let taken = scalars.prefix(while: fits)
            scalars = scalars.dropFirst(taken.count)
            var text = String.UnicodeScalarView()
            text.append(contentsOf: taken)
            return String(text)
        }
    }
}
