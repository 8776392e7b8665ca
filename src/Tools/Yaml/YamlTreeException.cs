// SPDX-License-Identifier: Apache-2.0
namespace CrioCredentialProvider.Tools.Yaml;

/// <summary>
/// The text is not valid YAML, or uses YAML that is not supported. The message never quotes the text.
/// </summary>
internal sealed class YamlTreeException(string problem, long line, long column, bool isUnsupported = false)
    : Exception(problem)
{
    public long Line => line;

    public long Column => column;

    /// <summary>Whether other readers may accept the text, so that it is not necessarily invalid.</summary>
    public bool IsUnsupported => isUnsupported;
}
