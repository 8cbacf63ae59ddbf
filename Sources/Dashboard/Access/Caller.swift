/// Who asks, as far as the token tells.
enum Caller: Equatable {
    case stranger
    /// Showed something that is not the token.
    case impostor
    case bearer
    /// Browsers send cookies along whoever wrote the page, so a cookie alone may not change anything.
    case cookie

    var isKnown: Bool { self == .bearer || self == .cookie }
}
