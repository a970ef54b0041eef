import Runs

// What was seen of the tasks' gradients, as tables.
extension Desk {
  /// The newest look, pair by pair and task by task, and how both went over the steps; nothing before
  /// the first look.
  var gradientFiles: [ExportedFile] {
    guard let look = shown.snapshot.gradients ?? run.snapshot.gradients else { return [] }
    return [
      ExportedFile("gradient-pairs", ending: "csv", text: look.pairTable.text),
      ExportedFile("gradient-tasks", ending: "csv", text: look.taskTable.text),
      ExportedFile("gradient-course", ending: "csv", text: shown.gradientCourse.table.text),
    ]
  }
}

extension GradientSnapshot {
  /// Every ordered pair of tasks, part by part.
  fileprivate var pairTable: CSVTable {
    var table = CSVTable(head: [
      "step", "part", "from", "to", "product", "cosine", "affinity",
    ])
    for part in parts {
      let (gram, affinities) = (gram(of: part), affinities(of: part))
      for i in tasks.indices {
        for j in tasks.indices {
          table.rows.append([
            .number(Double(step)), .text(name(of: part)), .text(tasks[i]), .text(tasks[j]),
            .number(gram[i, j]), .number(gram.cosine(i, j)),
            .number(affinities[i * tasks.count + j]),
          ])
        }
      }
    }
    return table
  }

  /// Every task, part by part.
  fileprivate var taskTable: CSVTable {
    var table = CSVTable(head: [
      "step", "part", "task", "loss", "norm", "weight", "update_cosine", "update_product",
    ])
    for part in parts {
      let (gram, update, arrays) = (gram(of: part), update(of: part), tensors(of: part))
      // Over arrays with weights of their own there is no one weight.
      let weights = arrays.count == 1 ? arrays[0].weights ?? weights : weights
      let isOne = arrays.count == 1 || arrays.allSatisfy { $0.weights == nil }
      for task in tasks.indices {
        table.rows.append([
          .number(Double(step)), .text(name(of: part)), .text(tasks[task]),
          .number(losses[task]), .number(gram.norm(task)),
          .number(isOne ? weights[task] : .nan), .number(update.cosines[task]),
          .number(update.products[task]),
        ])
      }
    }
    return table
  }
}

extension GradientCourse {
  /// Every task of every look.
  fileprivate var table: CSVTable {
    var table = CSVTable(head: [
      "step", "task", "norm", "weight", "conflict_rate", "mean_cosine",
    ])
    for sample in samples {
      for (index, task) in sample.tasks.enumerated() {
        table.rows.append([
          .number(Double(sample.step)), .text(task), .number(sample.norms[index]),
          .number(sample.weights[index]), .number(sample.conflictRate),
          .number(sample.meanCosine),
        ])
      }
    }
    return table
  }
}
