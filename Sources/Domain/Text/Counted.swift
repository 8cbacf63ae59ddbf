/// A number with what it counts: `1 call`, `2 calls`, `3 memories`.
/// - Parameter one: the word for one of them.
package func counted(_ number: some BinaryInteger, _ one: String) -> String {
    "\(number) \(number == 1 ? one : plural(of: one))"
}

/// More than one of them, by the rules that our words need.
private func plural(of word: String) -> String {
    let vowels: Set<Character> = ["a", "e", "i", "o", "u"]
    guard word.last == "y", !vowels.contains(word.dropLast().last ?? "a") else { return word + "s" }
    return word.dropLast() + "ies"
}
