// The library in twenty lines: enlarges one file, with the defaults of the command line.
//
// Usage: MinimalUpscale INPUT OUTPUT
import Foundation
import Upluma

let arguments = CommandLine.arguments
guard arguments.count == 3 else {
    print("usage: MinimalUpscale INPUT OUTPUT")
    exit(FailureKind.usage.exitStatus)
}

var options = UpscaleOptions(input: arguments[1], output: arguments[2])
options.scale = 2
options.encoder.crf = 18

do {
    let summary = try UpscaleJob(options).run { event in
        if case .note(let message) = event { print(message) }
    }
    print("\(summary.frames) frames in \(summary.seconds) seconds")
} catch let error as UplumaError {
    print(error.message)
    exit(error.kind.exitStatus)
}
