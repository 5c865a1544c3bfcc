package maia.verify.browser;

/// What is asked of a page of the classic notebook, in JavaScript.
final class Page {
  /// Clears the outputs and runs every cell, those after an expected failure too.
  static final String RUN_ALL =
      """
      (() => {
        Jupyter.notebook.clear_all_output();
        for (const cell of Jupyter.notebook.get_cells())
          if (cell.cell_type === 'code') cell.execute(false);
        return true;
      })()
      """;

  /// Whether every cell has run.
  static final String IS_DONE =
      """
      (!Jupyter.notebook.kernel_busy && Jupyter.notebook.get_cells().every(
        cell => cell.cell_type !== 'code' || cell.get_text().trim() === ''
          || typeof cell.input_prompt_number === 'number'))
      """;

  /// Lets the page be as long as the notebook; its height.
  static final String UNROLL =
      """
      (() => {
        for (const id of ['header', 'header-container', 'maintoolbar'])
          document.getElementById(id)?.style.setProperty('display', 'none');
        const style = document.createElement('style');
        style.textContent = 'html, body, #site, #ipython-main-app, #notebook_panel, #notebook'
          + ' { height: auto !important; overflow: visible !important; position: static !important }'
          + ' .end_space { display: none } .output_scroll { height: auto !important }';
        document.head.append(style);
        for (const cell of Jupyter.notebook.get_cells()) cell.code_mirror.refresh();
        return Math.ceil(document.getElementById('notebook-container').getBoundingClientRect().bottom
          + window.scrollY) + 20;
      })()
      """;

  /// What is wrong with the outputs that the page shows: failures that were not expected, expected
  /// ones that did not come, pictures that are empty, unreadably small or cut off, text of a table
  /// taken for a formula, code wider than its cell.
  static final String FAULTS =
      """
      (async () => {
        const faults = [];
        const colours = image => {
          const canvas = document.createElement('canvas');
          canvas.width = image.naturalWidth;
          canvas.height = image.naturalHeight;
          const pen = canvas.getContext('2d');
          pen.drawImage(image, 0, 0);
          const data = new Uint32Array(pen.getImageData(0, 0, canvas.width, canvas.height).data.buffer);
          return new Set(data).size;
        };
        let number = 0;
        for (const cell of Jupyter.notebook.get_cells()) {
          number++;
          if (cell.cell_type !== 'code') continue;
          const where = 'cell ' + number + ' (' + cell.get_text().split('\\n')[0] + ')';
          if (cell.get_text().split('\\n').some(line => line.length > 100))
            faults.push(where + ': a line of code longer than 100 characters');
          const expected = (cell.metadata.tags || []).includes('raises-exception');
          const errors = cell.output_area.outputs.filter(output => output.output_type === 'error');
          if (!expected && errors.length > 0) faults.push(where + ' fails: ' + errors[0].evalue);
          if (expected && errors.length === 0) faults.push(where + ' must fail and did not');
          for (const image of cell.element[0].querySelectorAll('.output img')) {
            await image.decode().catch(() => faults.push(where + ': a picture does not load'));
            if (image.naturalWidth < 100 || image.naturalHeight < 40)
              faults.push(where + ': a picture of ' + image.naturalWidth + ' x ' + image.naturalHeight);
            else if (colours(image) < 3) faults.push(where + ': an empty picture');
          }
          if (cell.element[0].querySelector('.output_html .MathJax'))
            faults.push(where + ': text between dollar signs became a formula');
          for (const area of cell.element[0].querySelectorAll('.output_subarea'))
            if (area.scrollWidth > area.clientWidth + 1)
              faults.push(where + ': an output ' + area.scrollWidth + ' wide in a column of '
                + area.clientWidth);
        }
        return faults;
      })()
      """;

  private Page() {}
}
