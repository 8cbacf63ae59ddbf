internal import CompanionProgram

/// The companion alone. What is installed has it in `holdfast`, which shares most of it: there this name is a launcher.
@main
enum CompanionExecutable {
    static func main() async { await HoldfastCompanion.main(CommandLine.arguments.dropFirst()) }
}
