// SPDX-License-Identifier: Apache-2.0

namespace CrioCredentialProvider.Tools.Commands;

/// <summary>
/// Colours for a terminal. They only repeat what the words say. They are off if the output is not a terminal, if
/// <c>NO_COLOR</c> is set (no-color.org), or if <c>TERM</c> is <c>dumb</c>.
/// </summary>
internal sealed class TextStyle(bool isColoured)
{
    public static TextStyle For(Node node) =>
        new(
            node.StdoutIsTerminal
                && string.IsNullOrEmpty(node.Environment("NO_COLOR"))
                && node.Environment("TERM") != "dumb"
        );

    public string Good(string text) => Wrap(text, "32");

    public string Doubtful(string text) => Wrap(text, "33");

    public string Bad(string text) => Wrap(text, "31");

    public string Strong(string text) => Wrap(text, "1");

    public string Faint(string text) => Wrap(text, "2");

    private string Wrap(string text, string code) => isColoured ? $"\u001b[{code}m{text}\u001b[0m" : text;
}
