internal import Domain
internal import Glibc
internal import Synchronization
internal import ToolServer

enum SampleTools {
    static let all = [echo, slow, failing, hang, noisy, unwritable, large, cancellations]

    private static let cancelled = Mutex(0)

    private static let echo = Tool(
        name: "echo", title: "Echo", description: "Says it again.",
        inputSchema: JSONSchema.object(
            [
                "text": JSONSchema.string("What to say.", length: 0...100_000),
                "times": JSONSchema.integer("How often.", in: 1...5, default: 1),
                "loud": JSONSchema.boolean(),
                "words": JSONSchema.array(of: JSONSchema.string(), count: 1...3),
                "tone": JSONSchema.string(oneOf: ["high", "low"]),
            ], required: ["text"]),
        outputSchema: JSONSchema.object([
            "text": JSONSchema.string(), "times": JSONSchema.integer(), "tone": JSONSchema.orNull(JSONSchema.string()),
        ]),
        annotations: ToolAnnotations(readOnly: true), deadline: .seconds(5)
    ) { (arguments, _) throws(ToolError) in
        let text = try arguments.string("text")
        let times = arguments.optionalInt("times") ?? 1
        let all = Array(repeating: text, count: times) + (arguments.optionalStrings("words") ?? [])
        let said = all.joined(separator: " ")
        let tone = arguments.optionalString("tone").map(JSONValue.string) ?? .null
        return ToolResult(
            text: "Said.",
            structured: [
                "text": .string(arguments.optionalBool("loud") == true ? said.uppercased() : said),
                "times": .number(Double(times)), "tone": tone,
            ])
    }

    private static let slow = Tool(
        name: "slow", title: "Slow", description: "Takes its time and tells how far it is.",
        inputSchema: JSONSchema.object(
            ["milliseconds": JSONSchema.integer(in: 0...60_000), "steps": JSONSchema.integer(in: 1...100)],
            required: ["milliseconds"]),
        outputSchema: JSONSchema.object(["steps": JSONSchema.integer()]),
        annotations: ToolAnnotations(readOnly: true), deadline: .seconds(10)
    ) { (arguments, context) throws(ToolError) in
        let steps = arguments.optionalInt("steps") ?? 1
        let pause = Duration.milliseconds(try arguments.int("milliseconds")) / steps
        for step in 1...steps {
            do {
                try await Task.sleep(for: pause)
            } catch {
                cancelled.withLock { $0 += 1 }
            }
            try context.checkCancellation()
            context.progress(Double(step), total: Double(steps), message: "step \(step)")
            // A step back, which no client may see.
            context.progress(Double(step) - 0.5)
        }
        return ToolResult(text: "Done.", structured: ["steps": .number(Double(steps))])
    }

    private static let failing = Tool(
        name: "failing", title: "Failing", description: "Fails as asked.",
        inputSchema: JSONSchema.object([
            "category": JSONSchema.string(oneOf: ToolError.Category.allCases.map(\.rawValue))
        ]),
        outputSchema: JSONSchema.object(["never": JSONSchema.boolean()]),
        annotations: ToolAnnotations(readOnly: false, destructive: true), deadline: .seconds(5)
    ) { (arguments, _) throws(ToolError) in
        let category = ToolError.Category(rawValue: try arguments.string("category")) ?? .internal
        throw ToolError(category, "it failed", remedy: "mend it")
    }

    private static let hang = Tool(
        name: "hang", title: "Hang", description: "Blocks its thread for ever.", inputSchema: JSONSchema.object([:]),
        outputSchema: nil, annotations: ToolAnnotations(readOnly: true), deadline: .milliseconds(300)
    ) { (_, _) throws(ToolError) in
        while true { sleep(1000) }
    }

    private static let noisy = Tool(
        name: "noisy", title: "Noisy", description: "Prints.", inputSchema: JSONSchema.object([:]), outputSchema: nil,
        annotations: ToolAnnotations(readOnly: true), deadline: .seconds(5)
    ) { (_, _) throws(ToolError) in
        print("this is no JSON-RPC")
        fflush(nil)
        return ToolResult(text: "Printed.", structured: [:])
    }

    private static let unwritable = Tool(
        name: "unwritable", title: "Unwritable", description: "Answers what JSON cannot say.",
        inputSchema: JSONSchema.object(["list": JSONSchema.boolean()], required: []), outputSchema: nil,
        annotations: ToolAnnotations(readOnly: true), deadline: .seconds(5)
    ) { (arguments, _) throws(ToolError) in
        ToolResult(text: "?", structured: arguments.optionalBool("list") == true ? [1] : ["number": .number(.nan)])
    }

    private static let large = Tool(
        name: "large", title: "Large", description: "Answers much.",
        inputSchema: JSONSchema.object(["bytes": JSONSchema.integer(in: 0...50_000_000)]), outputSchema: nil,
        annotations: ToolAnnotations(readOnly: true), deadline: .seconds(20)
    ) { (arguments, _) throws(ToolError) in
        let text = String(repeating: "x", count: try arguments.int("bytes"))
        return ToolResult(text: "", structured: ["text": .string(text)])
    }

    private static let cancellations = Tool(
        name: "cancellations", title: "Cancellations", description: "How many calls of slow were cancelled.",
        inputSchema: JSONSchema.object([:]), outputSchema: JSONSchema.object(["count": JSONSchema.integer()]),
        annotations: ToolAnnotations(readOnly: true), deadline: .seconds(5)
    ) { (_, _) throws(ToolError) in
        let count = cancelled.withLock(\.self)
        return ToolResult(text: "\(count) so far.", structured: ["count": .number(Double(count))])
    }
}
