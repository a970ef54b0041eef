import Tensors

extension SpilledNumbers {
  /// The groups of a spilled column, as ``GroupColumn`` numbers those of a column in memory: by the first
  /// row that has them, −1 where the value is missing.
  ///
  /// The codes of a run go by first rows, as the runs do. So a text's first code tells its group once it
  /// is known how many texts come first before it:
  ///
  ///     group(text) = #{first codes before the first code of text}
  init(
    groupsOf texts: SpilledTexts, missing: String, in folder: String
  ) throws(SystemRefusal) {
    try self.init(of: texts.column, in: folder)
    let missing = Array(missing.utf8)
    try texts.forEach(ofAllRows: true) { text in
      let (run, code) = text.codes[0]
      if !text.bytes.elementsEqual(missing) { self[run, code] = 1 }
    }
    var next: Int32 = 0
    forEachRun { run, count in
      for code in 0..<count where self[run, code] == 1 {
        self[run, code] = next
        next += 1
      }
      letGo()
    }
    try texts.forEach(ofAllRows: true) { text in
      let (run, code) = text.codes[0]
      set(text.bytes.elementsEqual(missing) ? -1 : self[run, code], to: text)
    }
  }
}
