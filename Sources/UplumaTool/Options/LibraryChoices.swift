public import ArgumentParser
public import Upluma

// Choices that the library lists are choices of the command line, by their names.
extension Deinterlacing: ExpressibleByArgument {}
extension IncompatibleStreams: ExpressibleByArgument {}
extension EvaluationProtocol: ExpressibleByArgument {}
extension TerminalFormat: ExpressibleByArgument {}
