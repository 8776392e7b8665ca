// SPDX-License-Identifier: Apache-2.0
using System.Runtime.CompilerServices;
using System.Text;

namespace CrioCredentialProvider.Diagnostics;

/// <summary>
/// A command to paste into a shell. It can only be built from an interpolated string, each value of which becomes one
/// quoted word, so that a path or name can neither be executed nor split.
/// </summary>
internal sealed record ShellCommand
{
    private ShellCommand(string text) => Text = text;

    public string Text { get; }

    /// <param name="words">Literal text is shell syntax; values are quoted.</param>
    public static ShellCommand Of(ref Words words) => new(words.ToString());

    public override string ToString() => Text;

    /// <summary>Builds the text of a command.</summary>
    [InterpolatedStringHandler]
    internal readonly ref struct Words
    {
        private readonly StringBuilder text;

        public Words(int literalLength, int formattedCount) =>
            text = new StringBuilder(literalLength + (formattedCount * 16));

        public void AppendLiteral(string syntax) => text.Append(syntax);

        /// <summary>A value from outside: one word, or part of one.</summary>
        public void AppendFormatted(string value) => text.Append(ShellWord.Of(value));

        public void AppendFormatted(int value) => text.Append(value);

        /// <summary>A command inside another one, which is already quoted.</summary>
        public void AppendFormatted(ShellCommand command) => text.Append(command.Text);

        public override string ToString() => text.ToString();
    }
}
