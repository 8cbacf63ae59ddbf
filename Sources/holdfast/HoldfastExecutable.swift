internal import CompanionProgram

/// One executable is both command line and companion: they share most of what they are made of.
@main
enum HoldfastExecutable {
    static func main() async {
        let words = CommandLine.arguments.dropFirst()
        // As `holdfast-companion` calls it; no verb that people type.
        if words.first == "companion" { return await HoldfastCompanion.main(words.dropFirst()) }
        HoldfastCommand.main()
    }
}
