/// The notebooks in a real notebook server, seen through a real browser. [Chromium] speaks to the
/// browser, [NotebookServer] runs the server, [BrowserTest] opens, runs and judges.
package maia.verify.browser;
