// SPDX-License-Identifier: Apache-2.0

namespace CrioCredentialProvider.TestSupport;

/// <summary>The path of the checkout, from which tests read fixtures, examples and documents.</summary>
internal static class Repository
{
    public static readonly string Root = Find();

    private static string Find()
    {
        for (var folder = AppContext.BaseDirectory; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (File.Exists(Path.Combine(folder, "CrioCredentialProvider.slnx")))
            {
                return folder;
            }
        }

        throw new DirectoryNotFoundException("CrioCredentialProvider.slnx is not above the test binary");
    }
}
