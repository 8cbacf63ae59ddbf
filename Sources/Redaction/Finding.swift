/// A secret in a text.
struct Finding {
    var kind: String
    var range: Range<Int>
}
