//! What is wrong in a form, and how customers are told.

use crate::sentences::Tongue;

/// What is wrong with a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Mistake {
    /// Nothing stands where something must.
    Empty,
    /// Another type than the attribute's.
    AnotherKind,
    /// A box that must be ticked.
    Unticked,
    /// What is no answer to a box.
    NoTick,
    /// Several lines where there is room for one.
    SeveralLines,
    /// No e-mail address.
    Email,
    /// No telephone number.
    Phone,
    /// No web address.
    Url,
    /// No number.
    Number,
    /// A number with a comma.
    Comma,
    /// No day.
    Date,
    /// No time of day.
    Time,
    /// No instant.
    DateTime,
    /// Off the scale of a rating.
    OffTheScale,
    /// The pattern does not match; what the program says then.
    Pattern(String),
    /// More characters than may be: so many may, and so many are there.
    TooLong(usize, usize),
    /// Fewer than must be.
    TooShort(usize, usize),
    /// None of the list.
    Unlisted,
    /// One that the list's controller does not allow.
    DoesNotGo,
    /// More digits behind the point than so many.
    Fraction(u32),
    /// More digits before the point than so many.
    Whole(u32),
    /// Below this.
    Below(String),
    /// Above this.
    Above(String),
    /// A line that the form does not have.
    NoSuchLine,
    /// No file where one must be.
    NoFile,
    /// A file that is not there, or no more.
    NoSuchFile,
}

impl Mistake {
    /// What the customer reads.
    pub(super) fn told(&self, tongue: Tongue) -> String {
        match tongue {
            Tongue::English => self.in_english(),
            Tongue::German => self.in_german(),
        }
    }

    fn in_english(&self) -> String {
        let text = match self {
            Self::Empty => "Please fill this in.",
            Self::AnotherKind => "Please enter another kind of value.",
            Self::Unticked => "Please tick this box.",
            Self::NoTick => "Please tick this box or leave it empty.",
            Self::SeveralLines => "Please keep this to one line.",
            Self::Email => "Please enter an e-mail address, like ada@example.com.",
            Self::Phone => "Please enter a telephone number, like +49 30 1234567.",
            Self::Url => "Please enter a web address, like https://example.com.",
            Self::Number => "Please enter a number, like 42 or 1500.00.",
            Self::Comma => "Please write the number with a point, like 1500.00.",
            Self::Date => "Please enter a date as year, month and day, like 2026-11-22.",
            Self::Time => "Please enter a time, like 10:30.",
            Self::DateTime => "Please enter a date and a time.",
            Self::OffTheScale => "Please choose one of the numbers offered.",
            Self::Unlisted => "Please choose one of the values offered.",
            Self::DoesNotGo => "This does not go with what was chosen before; please choose again.",
            Self::Fraction(0) => "Please enter a whole number.",
            Self::Fraction(1) => "Please use at most 1 digit behind the point.",
            Self::Whole(1) => "Please use at most 1 digit before the point.",
            Self::NoSuchLine => "This form has no such line.",
            Self::NoFile => "Please choose a file.",
            Self::NoSuchFile => "Please choose this file again.",
            Self::Pattern(said) => said,
            Self::Fraction(digits) => {
                return format!("Please use at most {digits} digits behind the point.");
            }
            Self::Whole(digits) => {
                return format!("Please use at most {digits} digits before the point.");
            }
            Self::TooLong(most, are) => {
                return format!("Please use at most {most} characters; these are {are}.");
            }
            Self::TooShort(least, are) => {
                return format!("Please use at least {least} characters; these are {are}.");
            }
            Self::Below(least) => return format!("Please enter {least} or more."),
            Self::Above(most) => return format!("Please enter {most} or less."),
        };
        text.to_owned()
    }

    fn in_german(&self) -> String {
        let text = match self {
            Self::Empty => "Bitte füllen Sie das aus.",
            Self::AnotherKind => "Bitte geben Sie einen Wert anderer Art an.",
            Self::Unticked => "Bitte setzen Sie hier ein Häkchen.",
            Self::NoTick => "Bitte setzen Sie hier ein Häkchen, oder lassen Sie es leer.",
            Self::SeveralLines => "Bitte schreiben Sie das in eine Zeile.",
            Self::Email => "Bitte geben Sie eine E-Mail-Adresse an, etwa ada@example.com.",
            Self::Phone => "Bitte geben Sie eine Telefonnummer an, etwa +49 30 1234567.",
            Self::Url => "Bitte geben Sie eine Internetadresse an, etwa https://example.com.",
            Self::Number => "Bitte geben Sie eine Zahl an, etwa 42 oder 1500.00.",
            Self::Comma => "Bitte schreiben Sie die Zahl mit einem Punkt, etwa 1500.00.",
            Self::Date => "Bitte geben Sie Jahr, Monat und Tag an, etwa 2026-11-22.",
            Self::Time => "Bitte geben Sie eine Uhrzeit an, etwa 10:30.",
            Self::DateTime => "Bitte geben Sie Datum und Uhrzeit an.",
            Self::OffTheScale => "Bitte wählen Sie eine der Zahlen.",
            Self::Unlisted => "Bitte wählen Sie einen der Werte.",
            Self::DoesNotGo => {
                "Das passt nicht zu Ihrer Wahl darüber; bitte wählen Sie noch einmal."
            }
            Self::Fraction(0) => "Bitte geben Sie eine ganze Zahl an.",
            Self::Fraction(1) => "Bitte höchstens 1 Nachkommastelle.",
            Self::Whole(1) => "Bitte höchstens 1 Stelle vor dem Komma.",
            Self::NoSuchLine => "Dieses Formular hat keine solche Zeile.",
            Self::NoFile => "Bitte wählen Sie eine Datei.",
            Self::NoSuchFile => "Bitte wählen Sie diese Datei noch einmal.",
            Self::Pattern(said) => said,
            Self::Fraction(digits) => return format!("Bitte höchstens {digits} Nachkommastellen."),
            Self::Whole(digits) => {
                return format!("Bitte höchstens {digits} Stellen vor dem Komma.");
            }
            Self::TooLong(most, are) => {
                return format!("Bitte höchstens {most} Zeichen; es sind {are}.");
            }
            Self::TooShort(least, are) => {
                return format!("Bitte mindestens {least} Zeichen; es sind {are}.");
            }
            Self::Below(least) => return format!("Bitte mindestens {least}."),
            Self::Above(most) => return format!("Bitte höchstens {most}."),
        };
        text.to_owned()
    }
}
