import Testing

/// The Swift that README.md shows, compiled and run.
///
/// A block of the README that comes after `<!-- snippet: first-steps -->` is, line by line, what stands here between
///
///     // snippet: first-steps
///     // end snippet
///
/// within a test that checks what the lines promise. What a block imports is imported at the top of this file. Lines
/// that use files of their own run in `#expect(processExitsWith: .success)`, after `chdir` to a temporary directory.
@Suite struct Snippets {}
