import ArgumentParser
import Datasets
import Foundation
import Runs

/// `mtl-tui data describe`: what data hold, and what in them bites.
struct DescribeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "describe", abstract: "Print what data hold, and warn of what bites.",
    discussion: """
      Labels by task and split, inputs with their categories and missing values, correlations of the \
      labels. Warnings: a task whose labels are all alike in a split; an input that alone gives a \
      label away (AUC of 0.97 or more: of a number either way round in the training rows, of a \
      category by its training rate in the validation and test rows); test rows that stand in the \
      training rows; categories that training does not know in 20 % of a split's rows or more.
      """)

  @Argument(help: "A schema file, or a name that --data takes.", completion: ShellCompletion.data)
  var schema: String
  @Option(help: "The folder of the data's files.", completion: .directory) var path: String?
  @OptionGroup var cache: CacheOptions
  @Flag(help: "Print one JSON document.") var json = false

  func run() throws {
    do {
      let choice = try DataChoice(
        schema, path: path, threads: ProcessInfo.processInfo.activeProcessorCount,
        usesCache: cache.isUsed)
      let dataset = try choice.readAloud()
      let description = DataDescription(dataset)
      try StandardOutput.writeLine(json ? description.json : description.text)
    } catch let failure as Failure {
      end(failure)
    } catch {
      end(Failure(message: "\(error)"))
    }
  }
}
